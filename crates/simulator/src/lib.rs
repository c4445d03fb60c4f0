//! Stand-ins for Empego and for Junction that behave as their documentation says, for demos and tests. They share no
//! code with the gateway, so that they can catch the gateway's errors, and they listen on loopback only.

mod control;
mod empego;
mod fault;
mod junction;
mod settings;
mod world;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Mutex,
    time::Duration,
};

use actix_cors::Cors;
use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    guard,
    http::{
        Method,
        header::{CONTENT_TYPE, HOST},
        uri::Authority,
    },
    rt::{self, net::TcpStream, task::JoinHandle},
    web,
};
use socket2::SockRef;

use self::{
    empego::user::Users,
    junction::{arrangement::Arrangement, state::Junction},
    world::{Staged, World},
};
pub use self::{
    junction::settings::{JunctionIntegration, JunctionOrigin, JunctionSettings},
    settings::{Partial, Scene, Settings},
};

/// How long a connection is kept that carries nothing: longer than a gateway keeps one. Neither closes what the other is about to use.
const KEPT_FOR: Duration = Duration::from_secs(75);

/// A simulator that listens, and is not running yet.
pub struct Simulator {
    server: Server,
    world: web::Data<World>,
    /// Sends webhooks.
    client: reqwest::Client,
    /// Where it listens, with the real port.
    pub address: SocketAddr,
}

impl Simulator {
    /// Binds the listener. Must be called inside actix's runtime.
    ///
    /// # Errors
    /// If the address is not of this machine alone, or cannot be bound.
    pub fn build(settings: Settings) -> io::Result<Self> {
        if !settings.listen.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the simulator listens on loopback only: it hands out sessions to whoever asks",
            ));
        }
        let listener = std::net::TcpListener::bind(settings.listen)?;
        let address = listener.local_addr()?;
        let world = web::Data::new(World {
            address,
            api_keys: settings.api_keys,
            partial: settings.partial,
            junction: settings.junction,
            state: Mutex::default(),
            staged: Mutex::default(),
        });
        let shared = world.clone();
        let server = HttpServer::new(move || {
            let world = shared.clone();
            App::new().app_data(world.clone()).configure(|app| routes(app, world))
        })
        .on_connect(|connection, data| {
            // A fault may ask for this connection to be reset, which needs its socket.
            let socket = connection.downcast_ref::<TcpStream>().map(SockRef::from);
            if let Some(Ok(socket)) = socket.map(|socket| socket.try_clone()) {
                data.insert(socket);
            }
        })
        .workers(1)
        .keep_alive(KEPT_FOR)
        .disable_signals()
        .listen(listener)?
        .run();
        let client = junction::deliver::client().map_err(io::Error::other)?;
        Ok(Self {
            server,
            world,
            client,
            address,
        })
    }

    /// Its clock, for a program that moves another one with it.
    #[must_use]
    pub fn clockwork(&self) -> Clockwork {
        Clockwork(self.world.clone())
    }

    /// Sets the scene of a demo.
    ///
    /// # Errors
    /// If its users or Junction's state are not written as they should be.
    pub fn set(&self, scene: Scene) -> serde_json::Result<()> {
        let users: Users = scene
            .users
            .map_or_else(|| Ok(Users::default()), serde_json::from_value)?;
        let mut junction = Junction::default();
        if let Some(arrangement) = scene.junction {
            junction.arrange(serde_json::from_value::<Arrangement>(arrangement)?);
        }
        {
            let mut state = self.world.state();
            state.users = users.clone();
            state.junction = junction.clone();
        }
        *self.world.staged() = Staged {
            page_origin: scene.page_origin,
            key_set: scene.key_set,
            users,
            junction,
        };
        Ok(())
    }

    /// Serves until it is to stop; it has nothing to finish.
    ///
    /// # Errors
    /// If the listener fails.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let handle = self.server.handle();
        tokio::select! {
            ended = self.server => return ended,
            () = junction::deliver::run(self.world, self.client) => {}
            () = stop => {}
        }
        handle.stop(false).await;
        Ok(())
    }

    /// Serves beside whatever else runs.
    #[must_use = "the handle stops it"]
    pub fn start(self) -> Started {
        let handle = self.server.handle();
        rt::spawn(self.server);
        Started(handle, rt::spawn(junction::deliver::run(self.world, self.client)))
    }
}

/// The clock by which a simulator's orders and visits live.
#[derive(Clone)]
pub struct Clockwork(web::Data<World>);

impl Clockwork {
    /// Moves it on by so many seconds and does what is due then. Says how many seconds it is ahead of the machine's.
    #[must_use]
    pub fn advance(&self, seconds: u32) -> i64 {
        junction::advance(&self.0, seconds)
    }
}

/// A simulator that serves.
pub struct Started(ServerHandle, JoinHandle<()>);

impl Started {
    /// Stops it at once.
    pub async fn stop(self) {
        self.1.abort();
        self.0.stop(false).await;
    }
}

fn routes(app: &mut web::ServiceConfig, world: web::Data<World>) {
    app.service(
        web::resource("/empego-integrations/R4/embeddable/{tail:.+}").route(web::get().to(empego::embeddable::answer)),
    )
    .service(web::resource("/{language}/embed/franchise/demo/{tail:.+}").route(web::get().to(empego::page::open)))
    .configure(junction::routes)
    .service(web::resource("/__sim/page.js").route(web::get().to(empego::page::script)))
    .service(web::resource("/__sim/page.css").route(web::get().to(empego::page::style)))
    .service(
        web::scope("/__sim")
            .guard(guard::fn_guard(is_called_by_address))
            .wrap(cors(world))
            .route("/keys", web::get().to(control::keys))
            .route("/journal", web::get().to(control::journal))
            .route("/users", web::get().to(control::users))
            .route("/users", web::put().to(control::put_users))
            .route("/faults", web::put().to(control::put_faults))
            .route("/faults", web::delete().to(control::delete_faults))
            .configure(junction::control_routes)
            .route("/reset", web::post().to(control::reset)),
    );
}

/// Whether a request addresses this machine by an IP address or as `localhost`: a foreign page can give the address a
/// name of its own, and then read whatever is here under that name.
fn is_called_by_address(context: &guard::GuardContext<'_>) -> bool {
    let stated = context.head().headers().get(HOST);
    stated.is_none_or(|host| {
        let host = host.to_str().unwrap_or_default();
        let authority = host.parse::<Authority>();
        authority.is_ok_and(|authority| {
            let name = authority.host().trim_start_matches('[').trim_end_matches(']');
            name.parse::<IpAddr>().is_ok() || name.eq_ignore_ascii_case("localhost")
        })
    })
}

/// Pages of the scene's one origin may use what is behind this; what comes from any other is refused.
fn cors(world: web::Data<World>) -> Cors {
    Cors::default()
        .allowed_origin_fn(move |origin, _| {
            let staged = world.staged();
            staged
                .page_origin
                .as_ref()
                .is_some_and(|page| origin.as_bytes() == page.as_bytes())
        })
        .allowed_methods([Method::GET, Method::PUT, Method::DELETE, Method::POST])
        .allowed_header(CONTENT_TYPE)
        .block_on_origin_mismatch(true)
}
