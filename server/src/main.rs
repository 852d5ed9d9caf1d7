//! The `calma` program.
#![allow(clippy::print_stdout)]

use clap::{Parser, Subcommand};
use server::config::{self, Config, Mode, Values};
use server::startup::{Database, Running};
use server::state::AppState;
use server::{api, router, seed};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;

/// How long open requests may take to finish once the server is told to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

#[derive(Parser)]
#[command(name = "calma", version, about = "Practice software for therapists. `calma config` lists all settings.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages and API; also does the worker's part unless CALMA_WORKER=off.
    Serve,
    /// Do what time brings: end holds and unpaid bookings, make recurring sessions, erase, send mail.
    Worker {
        /// Without one: everything, until it is stopped.
        #[command(subcommand)]
        task: Option<Task>,
    },
    /// Bring the database up to date and exit.
    Migrate,
    /// Load invented practices into an empty installation and exit.
    Seed,
    /// Print the API's description (OpenAPI 3.1, JSON).
    Openapi,
    /// Print every setting with its meaning, default and present value.
    Config,
}

/// One thing of the worker's, once.
#[derive(Subcommand)]
enum Task {
    /// Make the recurring sessions of the next seven days and exit.
    RunRecurring,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Openapi => api::document().to_pretty_json().map(|json| println!("{json}")).map_err(|e| e.to_string()),
        Command::Config => config::load_values().and_then(|values| print_config(&values)),
        command => config::load_values().and_then(|values| config::read(&values)).and_then(|config| {
            start_log(&config);
            let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
            runtime.block_on(run(command, config))
        }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("calma: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn print_config(values: &Values) -> Result<(), String> {
    print!("{}", config::describe(values));
    config::read(values).map(|_| ())
}

fn start_log(config: &Config) {
    // What PostgreSQL remarks while migrating is of no interest, unless somebody asks for it.
    let filter = EnvFilter::new(format!("sqlx=warn,{}", config.log));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_json { log.json().init() } else { log.with_target(false).init() }
}

async fn run(command: Command, config: Config) -> Result<(), String> {
    let stop = stop_signal()?;
    match command {
        Command::Serve => serve(config, stop).await,
        Command::Worker { task: None } => worker(&config, stop).await,
        Command::Worker { task: Some(Task::RunRecurring) } => run_recurring(&config).await,
        Command::Migrate => migrate(&config).await,
        Command::Seed => {
            let running = Running::start(&config).await?;
            let seeded = seed::load(&running.deps).await;
            running.stop().await;
            match seeded.map_err(|e| format!("the demo practices cannot be loaded: {e}"))? {
                true => println!("{}", seed::logins(&config.base_url)),
                false => println!("There are practices already: nothing was loaded."),
            }
            Ok(())
        }
        Command::Openapi | Command::Config => Ok(()),
    }
}

async fn migrate(config: &Config) -> Result<(), String> {
    let database = Database::find(config).await?;
    let migrated = database.migrate().await;
    database.stop().await;
    migrated.map(|()| println!("The database is up to date."))
}

async fn run_recurring(config: &Config) -> Result<(), String> {
    let running = Running::start(config).await?;
    let generated = services::series::generate_due(&services::Ctx::system(running.deps.clone())).await;
    running.stop().await;
    let done = generated.map_err(|e| format!("recurring sessions cannot be made: {e}"))?;
    println!(
        "{} series of {} therapists: {} sessions made, {} dates skipped, {} series completed.",
        done.series, done.therapists, done.created, done.skipped, done.completed
    );
    match done.errors {
        0 => Ok(()),
        n => Err(format!("{n} therapists' series failed; see the log")),
    }
}

async fn worker(config: &Config, stop: watch::Receiver<bool>) -> Result<(), String> {
    let running = Running::start(config).await?;
    println!("Calma's worker is running.");
    let listener = tokio::spawn(services::live::listen(running.deps.clone()));
    let mut jobs = tokio::spawn(services::jobs::run_forever(running.deps.clone(), stop.clone()));
    let ended = tokio::select! {
        ended = &mut jobs => ended.map_err(|e| format!("the worker broke off: {e}")),
        () = told_to_stop(stop) => { finish(jobs).await; Ok(()) }
    };
    listener.abort();
    running.stop().await;
    ended
}

async fn serve(mut config: Config, stop: watch::Receiver<bool>) -> Result<(), String> {
    // First of all, so that a taken port is told before anything else is started.
    let listener = bind(config.addr).await?;
    if config.addr.port() == 0 {
        // Any free port: the address people are told is the one it became.
        let told = format!("http://{}", config.addr);
        config.addr = listener.local_addr().map_err(|e| e.to_string())?;
        if config.base_url == told {
            config.base_url = format!("http://{}", config.addr);
        }
    }
    let running = Running::start(&config).await?;
    if config.mode == Mode::Demo
        && let Err(error) = seed::load(&running.deps).await
    {
        running.stop().await;
        return Err(format!("the demo practices cannot be loaded: {error}"));
    }
    let served = serve_until_stopped(config, &running, listener, stop).await;
    running.stop().await;
    served
}

async fn serve_until_stopped(
    config: Config,
    running: &Running,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
) -> Result<(), String> {
    let greeting = greeting(&config);
    let with_worker = config.worker;
    let state = AppState::new(running.deps.clone(), config, running.test_clock.clone(), stop.clone());
    let live = tokio::spawn(services::live::listen(running.deps.clone()));
    let sweeping = tokio::spawn(server::middleware::limits::sweep_forever(state.limits.clone()));
    let jobs = with_worker.then(|| tokio::spawn(services::jobs::run_forever(running.deps.clone(), stop.clone())));

    let service = router::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(told_to_stop(stop.clone()));
    println!("{greeting}");
    let served = tokio::select! {
        served = async { serving.await } => served.map_err(|e| e.to_string()),
        () = async { told_to_stop(stop).await; tokio::time::sleep(STOP_WITHIN).await } => Ok(()),
    };
    live.abort();
    sweeping.abort();
    if let Some(jobs) = jobs {
        finish(jobs).await;
    }
    served
}

/// Lets the worker finish its present rounds; each is a series of transactions, so cutting it off loses nothing.
async fn finish(jobs: JoinHandle<()>) {
    let _ = tokio::time::timeout(STOP_WITHIN, jobs).await;
}

async fn bind(addr: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(addr).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!("CALMA_ADDR: {addr} is taken by another program"),
        _ => format!("CALMA_ADDR: {addr}: {error}"),
    })
}

fn greeting(config: &Config) -> String {
    let address = format!("Calma is running at {}", config.base_url);
    match config.mode {
        Mode::Production => address,
        Mode::Test => format!("{address} (test mode: the clock can be moved)"),
        Mode::Demo => format!("{address}\n\n{}", seed::logins(&config.base_url)),
    }
}

/// Turns true at SIGINT or SIGTERM.
fn stop_signal() -> Result<watch::Receiver<bool>, String> {
    let (tell, told) = watch::channel(false);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    tokio::spawn(async move {
        tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
        let _ = tell.send(true);
        // Keeps the channel open until everybody has heard.
        tell.closed().await;
    });
    Ok(told)
}

async fn told_to_stop(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopping| *stopping).await;
}
