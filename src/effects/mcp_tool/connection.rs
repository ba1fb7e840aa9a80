//! One server's process and the protocol spoken with it.

use crate::config::McpServer;
use crate::effects::error::{Error, Result};
use crate::platform::process::{self, Group};
use crate::platform::watchdog::{self, Guard, MARK};
use rmcp::model::{CallToolRequestParams, CallToolResult, Tool};
use rmcp::service::{RunningService, ServiceError};
use rmcp::transport::TokioChildProcess;
use rmcp::{RoleClient, ServiceExt};
use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How much of what a server wrote to its standard error is shown when it fails.
const COMPLAINT_BYTES: usize = 2048;
/// How long a server that just failed may take to say why.
const COMPLAINT_WAIT: Duration = Duration::from_millis(200);
/// From closing its input to killing it.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Connection {
    service: tokio::sync::RwLock<RunningService<RoleClient, ()>>,
    peer: rmcp::Peer<RoleClient>,
    #[expect(dead_code, reason = "ends the server's processes when it is dropped")]
    child: Child,
    complaint: Complaint,
}

/// The process group of a server, which ends with it.
#[derive(Debug)]
struct Child {
    group: Option<Group>,
    guard: Guard,
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            group.kill();
        }
        self.guard.kill_marked();
    }
}

/// The end of what it wrote to standard error.
#[derive(Debug, Clone, Default)]
struct Complaint(Arc<Mutex<Vec<u8>>>);

impl Connection {
    pub(super) async fn open(server: &McpServer, limit: Duration) -> Result<Self> {
        let (transport, stderr, child) = spawn(server)?;
        let complaint = Complaint::default();
        let reading = tokio::spawn(complaint.clone().read(stderr));
        let failed = match tokio::time::timeout(limit, ().serve(transport)).await {
            Ok(Ok(service)) => {
                let peer = service.peer().clone();
                return Ok(Self { service: service.into(), peer, child, complaint });
            }
            Ok(Err(error)) => format!("server `{}` did not start up: {error}", server.name),
            Err(_) => {
                format!("server `{}` did not introduce itself within {} s", server.name, limit.as_secs())
            }
        };
        let _ = tokio::time::timeout(COMPLAINT_WAIT, reading).await;
        let error = Error::new("mcp_server", complaint.told_with(failed));
        Err(error.hint(format!(
            "`{}` must speak MCP on standard input and output and write nothing else there (configured at {})",
            server.command, server.place
        )))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.peer.is_transport_closed()
    }

    pub(super) async fn call(
        &self,
        params: CallToolRequestParams,
    ) -> std::result::Result<CallToolResult, ServiceError> {
        self.service.read().await.call_tool(params).await
    }

    pub(super) async fn tools(&self) -> std::result::Result<Vec<Tool>, ServiceError> {
        self.peer.list_all_tools().await
    }

    /// Close its input, wait a little, kill what is left.
    pub(super) async fn close(&self) {
        let _ = self.service.write().await.close_with_timeout(CLOSE_LIMIT).await;
    }
}

/// What to say when a call failed below the tool.
pub(super) async fn lost(connection: &Connection, server: &str, error: &ServiceError) -> Error {
    match error {
        ServiceError::McpError(data) => {
            let details = data.data.as_ref().map(|data| format!(" ({data})")).unwrap_or_default();
            Error::new("tool_error", format!("server `{server}` refused: {}{details}", data.message))
        }
        ServiceError::TransportClosed | ServiceError::TransportSend(_) => {
            tokio::time::sleep(COMPLAINT_WAIT).await;
            let message = format!("server `{server}` ended before it answered");
            Error::new("mcp_server", connection.complaint.told_with(message))
                .hint("the next call starts it again; whether this one took effect is unknown")
        }
        other => Error::new("mcp_server", format!("server `{server}`: {other}")),
    }
}

type Started = (TokioChildProcess, Option<tokio::process::ChildStderr>, Child);

fn spawn(server: &McpServer) -> Result<Started> {
    watchdog::await_start();
    let guard = Guard::announce();
    let mut command = process::command(&server.command);
    command.args(&server.args).envs(&server.env).env(MARK, guard.mark());
    if let Some(dir) = &server.cwd {
        command.current_dir(dir);
    }
    let command = tokio::process::Command::from(command);
    let (transport, stderr) = TokioChildProcess::builder(command)
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(server, &error))?;
    let group = transport.id().and_then(Group::led_by);
    if let Some(group) = group {
        guard.started(group);
    }
    Ok((transport, stderr, Child { group, guard }))
}

fn not_started(server: &McpServer, error: &io::Error) -> Error {
    let missing_dir = server.cwd.as_ref().filter(|dir| !dir.is_dir());
    let message = match (missing_dir, error.kind()) {
        (Some(dir), _) => format!("server `{}`: its folder {} does not exist", server.name, dir.display()),
        (None, io::ErrorKind::NotFound) => {
            format!("server `{}`: its command `{}` was not found", server.name, server.command)
        }
        (None, _) => format!("server `{}`: `{}` could not be started: {error}", server.name, server.command),
    };
    Error::new("mcp_server", message).hint(format!("it is configured at {}", server.place))
}

impl Complaint {
    async fn read(self, stderr: Option<impl AsyncRead + Unpin>) {
        let Some(mut stderr) = stderr else { return };
        let mut chunk = [0; 1024];
        while let Ok(length @ 1..) = stderr.read(&mut chunk).await {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(&chunk[..length]);
            let excess = kept.len().saturating_sub(COMPLAINT_BYTES);
            kept.drain(..excess);
        }
    }

    fn told_with(&self, message: String) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept);
        match text.trim() {
            "" => message,
            text => format!("{message}; its last words: {text}"),
        }
    }
}
