# Two stages: the build installs its own tools with the project's script, the image holds the program and the site.
FROM debian:12 AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl make
WORKDIR /calma
COPY . .
ENV CALMA_CACHE=/cache CARGO_TARGET_DIR=/cache/target
RUN scripts/build.sh

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl \
  && rm -rf /var/lib/apt/lists/* && useradd --system --home /var/lib/calma --create-home calma
COPY --from=build /cache/target/release/calma /cache/target/release/hash*.txt /opt/calma/
COPY --from=build /cache/target/site /opt/calma/site
USER calma
WORKDIR /var/lib/calma
ENV CALMA_ADDR=0.0.0.0:3000 CALMA_DATA=/var/lib/calma CALMA_SITE_ROOT=/opt/calma/site \
    LEPTOS_SITE_ROOT=/opt/calma/site LEPTOS_OUTPUT_NAME=calma LEPTOS_SITE_PKG_DIR=pkg LEPTOS_HASH_FILES=true
EXPOSE 3000
HEALTHCHECK CMD curl -fsS http://127.0.0.1:3000/healthz || exit 1
ENTRYPOINT ["/opt/calma/calma"]
CMD ["serve"]
