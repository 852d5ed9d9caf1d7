//! What search engines read: schema.org data as JSON-LD.

use contracts::booking::PublicTherapist;
use leptos::prelude::*;

/// One script element with this answer's nonce. In the browser it is left as the server wrote it.
#[component]
pub fn SchemaData(therapist: PublicTherapist, url: String) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let json = ssr::json_ld(&therapist, &url);
    #[cfg(not(feature = "ssr"))]
    let json = {
        let _ = (therapist, url);
        String::new()
    };
    view! { <script type="application/ld+json" nonce=use_nonce() inner_html=json></script> }
}

#[cfg(feature = "ssr")]
mod ssr {
    use contracts::booking::PublicTherapist;
    use serde_json::json;

    pub fn json_ld(therapist: &PublicTherapist, url: &str) -> String {
        let offers: Vec<_> = therapist
            .services
            .iter()
            .map(|service| {
                json!({
                    "@type": "Offer",
                    "name": service.name,
                    "description": service.description,
                    "price": service.price.plain(),
                    "priceCurrency": service.price.currency,
                    "eligibleDuration": { "@type": "QuantitativeValue", "value": service.duration_min, "unitCode": "MIN" },
                    "url": format!("{url}?service={}", service.id),
                })
            })
            .collect();
        let data = json!({
            "@context": "https://schema.org",
            "@type": "ProfessionalService",
            "name": therapist.name,
            "description": therapist.bio,
            "url": url,
            "image": therapist.photo_url,
            "parentOrganization": { "@type": "Organization", "name": therapist.practice_name },
            "employee": {
                "@type": "Person",
                "name": therapist.name,
                "jobTitle": therapist.title,
                "knowsLanguage": therapist.languages,
            },
            "makesOffer": offers,
            "potentialAction": { "@type": "ReserveAction", "target": url },
        });
        // `</script>` in a name must not end the element.
        data.to_string().replace('<', "\\u003c")
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::ssr::json_ld;
    use contracts::Money;
    use contracts::booking::{PublicService, PublicTherapist};

    #[test]
    fn a_name_cannot_end_the_script() {
        let mut therapist = sample();
        therapist.name = "</script><b>".into();
        let json = json_ld(&therapist, "https://calma.example/ana");
        assert!(!json.contains('<'), "{json}");
        assert!(json.contains("\"price\":\"2000\""), "{json}");
    }

    fn sample() -> PublicTherapist {
        const ID: &str = "00000000-0000-0000-0000-000000000000";
        PublicTherapist {
            id: ID.parse().unwrap(),
            slug: "ana".into(),
            name: "Ana".into(),
            practice_name: "Calma".into(),
            title: String::new(),
            bio: String::new(),
            credentials: vec![],
            languages: vec![],
            photo_url: None,
            time_zone: "Africa/Nairobi".into(),
            services: vec![PublicService {
                id: ID.parse().unwrap(),
                name: "Talk".into(),
                description: String::new(),
                duration_min: 50,
                price: Money::new(200_000, "KES"),
                place: Default::default(),
            }],
            policy: Default::default(),
            methods: vec![],
        }
    }
}
