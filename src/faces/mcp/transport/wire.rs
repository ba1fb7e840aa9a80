//! What rmcp takes for its transport: requests that passed the gate come in, answers and messages go out.

use super::replies::Replies;
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::Transport;
use std::future::{Future, ready};
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

pub struct Wire {
    pub incoming: UnboundedReceiver<ClientJsonRpcMessage>,
    pub replies: Arc<Replies>,
    /// Set off once the client sends no more.
    pub gone: CancellationToken,
}

impl Transport<RoleServer> for Wire {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        ready(deliver(&self.replies, &message))
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let message = self.incoming.recv().await;
        if message.is_none() {
            self.gone.cancel();
        }
        message
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        self.incoming.close();
        Ok(())
    }
}

fn deliver(replies: &Replies, message: &ServerJsonRpcMessage) -> io::Result<()> {
    let text = serde_json::to_vec(message)?;
    let id = match message {
        JsonRpcMessage::Response(response) => Some(&response.id),
        JsonRpcMessage::Error(error) => error.id.as_ref(),
        _ => None,
    };
    let delivered = match id {
        Some(id) => replies.answer(id, text),
        None => replies.send(text),
    };
    if delivered { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
}
