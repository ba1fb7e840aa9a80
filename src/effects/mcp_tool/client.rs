//! The blocking side: which server a call goes to, how long it may take, what ends it early.

use super::connection::{Connection, lost};
use super::outcome;
use crate::config::McpServer;
use crate::effects::error::{Error, Result};
use crate::effects::{Mask, Stop};
use rmcp::model::CallToolRequestParams;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Mutex as AsyncMutex, oneshot};

/// How long a server may take to start and introduce itself.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);

/// One tool call, every text final.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// With its secrets filled in.
    pub server: &'a McpServer,
    pub tool: &'a str,
    /// An object, or null for none.
    pub arguments: &'a Value,
    pub timeout: Option<Duration>,
    pub mask: &'a Mask,
}

/// What a server offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    pub name: String,
    pub description: Option<String>,
    pub input_schema: Value,
    pub output_schema: Option<Value>,
}

/// All connections of this process. Dropping it ends the servers.
#[derive(Debug, Default)]
pub struct Client {
    thread: Mutex<Option<Runtime>>,
    slots: Mutex<Vec<(McpServer, Slot)>>,
}

type Slot = Arc<AsyncMutex<Option<Arc<Connection>>>>;

#[derive(Debug)]
struct Runtime {
    handle: Handle,
    /// Dropped to end the thread.
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Client {
    /// The tool's result: its structured content, else its text (a list where it gave several pieces).
    pub fn call(&self, call: &Call<'_>, stop: &Stop) -> Result<Value> {
        let arguments = match call.arguments {
            Value::Object(arguments) => Some(arguments.clone()),
            Value::Null => None,
            _ => return Err(Error::new("tool_error", "the arguments of a tool must be an object")),
        };
        let mut params = CallToolRequestParams::new(call.tool.to_owned());
        params.arguments = arguments;
        let (slot, server) = (self.slot(call.server), call.server.clone());
        let tool = call.tool.to_owned();
        let work = async move {
            let connection = connect(&slot, &server).await?;
            match connection.call(params).await {
                Ok(result) => outcome::of(&server.name, &tool, result),
                Err(error) => Err(lost(&connection, &server.name, &error).await),
            }
        };
        let who = format!("tool `{}` of server `{}`", call.tool, call.server.name);
        let result = self.run(bounded(work, who, call.timeout, stop.clone()));
        masked(result, call.mask)
    }

    /// The tools of a server, for checking a document against them.
    pub fn tools(&self, server: &McpServer, mask: &Mask) -> Result<Vec<Tool>> {
        let (slot, server) = (self.slot(server), server.clone());
        let work = async move {
            let connection = connect(&slot, &server).await?;
            let tools = tokio::time::timeout(CONNECT_LIMIT, connection.tools()).await;
            match tools {
                Ok(Ok(tools)) => Ok(tools.into_iter().map(outcome::tool).collect()),
                Ok(Err(error)) => Err(lost(&connection, &server.name, &error).await),
                Err(_) => {
                    Err(Error::new("timeout", format!("server `{}` did not list its tools", server.name)))
                }
            }
        };
        self.run(work).map_err(|error| mask_error(error, mask))
    }

    fn slot(&self, server: &McpServer) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, slot)) = slots.iter().find(|(known, _)| known == server) {
            return Arc::clone(slot);
        }
        let slot = Slot::default();
        slots.push((server.clone(), Arc::clone(&slot)));
        slot
    }

    fn run<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.handle()?.spawn(async move {
            // The caller waits for exactly this.
            let _ = sender.send(work.await);
        });
        receiver.recv().unwrap_or_else(|_| Err(Error::new("mcp_server", "the call was lost inside wfmcp")))
    }

    fn handle(&self) -> Result<Handle> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*thread {
            return Ok(runtime.handle.clone());
        }
        let failed =
            |error| Error::new("spawn", format!("the thread for MCP servers did not start: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        let join = std::thread::Builder::new().name("mcp".to_owned()).spawn(move || {
            let _ = runtime.block_on(ended);
        });
        let join = join.map_err(failed)?;
        *thread = Some(Runtime { handle: handle.clone(), end: Some(end), thread: Some(join) });
        Ok(handle)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let slots = std::mem::take(&mut *self.slots.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(mut runtime) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        let (sender, receiver) = mpsc::sync_channel(1);
        runtime.handle.spawn(async move {
            let mut closing = tokio::task::JoinSet::new();
            for (_, slot) in slots {
                closing.spawn(async move {
                    if let Some(connection) = slot.lock().await.take() {
                        connection.close().await;
                    }
                });
            }
            closing.join_all().await;
            let _ = sender.send(());
        });
        let _ = receiver.recv();
        drop(runtime.end.take());
        runtime.thread.take().map(JoinHandle::join);
    }
}

/// The living connection of this slot, made if there is none.
async fn connect(slot: &Slot, server: &McpServer) -> Result<Arc<Connection>> {
    let mut slot = slot.lock().await;
    if let Some(connection) = slot.as_ref().filter(|connection| !connection.is_closed()) {
        return Ok(Arc::clone(connection));
    }
    *slot = None;
    let connection = Arc::new(Connection::open(server, CONNECT_LIMIT).await?);
    *slot = Some(Arc::clone(&connection));
    Ok(connection)
}

/// The work, unless time runs out or somebody stops it. Dropping it tells the server.
async fn bounded<T>(
    work: impl Future<Output = Result<T>>,
    who: String,
    timeout: Option<Duration>,
    stop: Stop,
) -> Result<T> {
    let limit = async {
        match timeout {
            Some(timeout) => tokio::time::sleep(timeout).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        result = work => result,
        () = limit => {
            let seconds = timeout.unwrap_or_default().as_secs_f64();
            Err(Error::new("timeout", format!("{who} did not answer within {seconds} s")))
        }
        _ = stop.wait() => Err(Error::new("stopped", format!("{who} was stopped before it answered"))),
    }
}

fn masked(result: Result<Value>, mask: &Mask) -> Result<Value> {
    match result {
        Ok(mut value) => {
            mask.mask_value(&mut value);
            Ok(value)
        }
        Err(error) => Err(mask_error(error, mask)),
    }
}

fn mask_error(error: Error, mask: &Mask) -> Error {
    Error { message: mask.mask(&error.message).into_owned(), ..error }
}
