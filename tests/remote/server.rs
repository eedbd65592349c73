//! A server in a process of its own, which is this program once more.

use std::{
    env, io,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener},
    process::{Child, Command, Stdio, exit},
    thread,
    time::Duration,
};

use burn::{
    server::{RemoteServer, TokenAuthorizer, WebSocketTransport},
    tensor::Device,
};

const PORT: &str = "KD_TEST_REMOTE_PORT";

/// What every client has to show.
pub const TOKEN: &str = "the word of the day";

/// Run by [`Server::on`], in a process of its own: serves Flex until it is killed.
#[test]
fn serves_until_it_is_killed() {
    let Ok(port) = env::var(PORT) else { return };
    // Nor shall it outlive the test, if that is killed itself.
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        exit(0);
    });
    let port: u16 = port.parse().unwrap();
    // While this server was gone, the system may have given its port to another test's, which has it for a moment.
    let listener = loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => thread::sleep(Duration::from_millis(100)),
            bound => break bound.unwrap(),
        }
    };
    println!("\nport {}", listener.local_addr().unwrap().port());
    io::stdout().flush().unwrap();
    RemoteServer::new([Device::flex()])
        .with_authorizer(TokenAuthorizer::new(TOKEN).unwrap())
        .serve(WebSocketTransport::from_listener(listener))
        .unwrap();
}

/// The process, which dies with this value.
pub struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// On a port that is free.
    pub fn start() -> Self {
        Self::on(0)
    }

    /// On this port. It listens already.
    pub fn on(port: u16) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "server::serves_until_it_is_killed",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(PORT, port.to_string())
            .env("RUST_LOG", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| line.unwrap().strip_prefix("port ")?.parse().ok());
        // What it goes on to print, which is nothing, must not fill the pipe either.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self {
            process,
            port: port.expect("it says its port"),
        }
    }

    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// As a crash would. The port is what another one can be started on.
    pub fn kill(mut self) -> u16 {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.port
    }

    /// `STOP` makes it hold its connections and say nothing, as a machine that hangs, until `CONT`.
    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        let status = Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
