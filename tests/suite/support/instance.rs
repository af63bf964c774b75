//! One instance: a data folder of its own, and the commands that are run on it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Admin, EMAIL, PASSWORD, TestServer};

/// The origin of the site `blog`.
pub const BLOG: &str = "https://blog.example";

pub struct Instance {
    /// Stays for as long as the instance or one of its servers does.
    folder: Arc<TempDir>,
}

/// Everything a command said.
pub fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What a command printed; it must have worked.
#[track_caller]
pub fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", words(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

impl Instance {
    pub fn new() -> Self {
        Self { folder: Arc::new(tempfile::tempdir().unwrap()) }
    }

    /// With the site `blog`, which publishes at once.
    pub fn blog() -> Self {
        Self::blog_with("none")
    }

    /// With the site `blog` and a moderation rule.
    pub fn blog_with(moderation: &str) -> Self {
        let instance = Self::new();
        instance.site("blog", BLOG, moderation);
        instance
    }

    /// With the site `blog`, an admin, and a server; signed in.
    pub fn desk(moderation: &str) -> (Self, TestServer, Admin) {
        let instance = Self::blog_with(moderation);
        instance.create_admin();
        let server = instance.start();
        let admin = Admin::sign_in(&server);
        (instance, server, admin)
    }

    pub fn site(&self, key: &str, origin: &str, moderation: &str) {
        out(&self.run(&["site", "create", key, "--origin", origin, "--moderation", moderation]));
    }

    pub fn create_admin(&self) {
        let file = self.file("password", PASSWORD);
        out(&self.run(&["admin", "create", "--email", EMAIL, "--password-file", file.to_str().unwrap()]));
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn database_file(&self) -> PathBuf {
        self.data().join("afterword.sqlite")
    }

    /// A file beside the data folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A second opinion: the database as another program sees it.
    pub fn database(&self) -> Connection {
        let connection = Connection::open(self.database_file()).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection
    }

    /// Runs SQL that a test needs and no command offers.
    pub fn sql(&self, statement: &str) {
        self.database().execute_batch(statement).unwrap();
    }

    pub fn number(&self, query: &str) -> i64 {
        self.database().query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// The executable, with nothing of this environment's own configuration.
    pub fn bare_command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("AFTERWORD_")) {
            command.env_remove(name);
        }
        command.current_dir(self.folder.path());
        command
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare_command();
        command.args(arguments).arg("--data").arg(self.data());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// A command that should end soon, though it would not if it were to work.
    pub fn run_briefly(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let started = Instant::now();
        while child.try_wait().unwrap().is_none() && started.elapsed() < Duration::from_secs(15) {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        child.wait_with_output().unwrap()
    }

    /// A server without limits, for tests that are not about them.
    pub fn start(&self) -> TestServer {
        self.start_with(&[])
    }

    /// A server with these variables, such as `("LIMITS_POSTS_PER_MINUTE", "3")`.
    pub fn start_with(&self, variables: &[(&str, &str)]) -> TestServer {
        self.start_command(self.serve("127.0.0.1:0", variables))
    }

    /// A server that readers reach under another address than its own.
    pub fn start_as(&self, public_url: &str) -> TestServer {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut server = self.start_command(self.serve(&free, &[("SERVER_PUBLIC_URL", public_url)]));
        server.url = format!("http://{free}");
        server
    }

    fn serve(&self, listen: &str, variables: &[(&str, &str)]) -> Command {
        const UNLIMITED: [&str; 7] = [
            "POSTS_PER_MINUTE",
            "PERSON_POSTS_PER_MINUTE",
            "VOTES_PER_MINUTE",
            "REPORTS_PER_MINUTE",
            "PREVIEWS_PER_MINUTE",
            "SIGN_INS_PER_MINUTE",
            "STREAMS_PER_ADDRESS",
        ];
        let mut command = self.command(&["serve", "--listen", listen]);
        command.envs(UNLIMITED.map(|name| (format!("AFTERWORD_LIMITS_{name}"), "0")));
        command.envs(variables.iter().map(|(name, value)| (format!("AFTERWORD_{name}"), value)));
        command
    }

    /// A server that is started in a way of its own.
    pub fn start_command(&self, command: Command) -> TestServer {
        self.try_start(command).unwrap_or_else(|words| panic!("{words}"))
    }

    /// The same, or what it said when it refused to start.
    pub fn try_start(&self, command: Command) -> Result<TestServer, String> {
        TestServer::start(command, &self.folder)
    }
}
