//! Questions that a session's client was asked and has not answered. A question outlives the call that caused it: people
//! take their time, calls do not.

use super::form::Form;
use super::question::{Question, Reply, Wants};
use crate::faces::mcp::tools::Desk;
use rmcp::model::{ClientResult, ElicitRequest, Request, ServerRequest};
use rmcp::service::{PeerRequestOptions, RequestHandle};
use rmcp::{Peer, RoleServer};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How often it is seen whether somebody else has answered.
const LOOK: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct Asked {
    /// By the action they are about.
    open: Mutex<HashSet<String>>,
}

/// What a question came to in time.
#[derive(Debug, PartialEq, Eq)]
pub enum Came {
    /// Something was handed in; the run has moved on, or says what is wrong with it.
    HandedIn,
    Nothing,
}

impl Asked {
    /// Ask, and wait for an answer for a while. One that comes later is handed in all the same.
    pub async fn ask(
        self: &Arc<Self>,
        desk: &Arc<Desk>,
        peer: &Peer<RoleServer>,
        question: Question,
        patience: Duration,
    ) -> Came {
        if !self.lock().insert(question.action.clone()) {
            return Came::Nothing;
        }
        let (done, answered) = oneshot::channel();
        let (asked, desk, peer) = (Arc::clone(self), Arc::clone(desk), peer.clone());
        tokio::spawn(async move {
            let came = put(&desk, &peer, &question).await;
            asked.lock().remove(&question.action);
            // The call may have ended meanwhile.
            let _ = done.send(came);
        });
        match tokio::time::timeout(patience, answered).await {
            Ok(Ok(came)) => came,
            _ => Came::Nothing,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn put(desk: &Arc<Desk>, peer: &Peer<RoleServer>, question: &Question) -> Came {
    let request = match &question.wants {
        Wants::Decision(form) | Wants::Input(form) => request(form).map(ServerRequest::ElicitRequest),
        Wants::Words(sample) => made(sample.params(desk.sampled_tokens_max()))
            .map(Request::new)
            .map(ServerRequest::CreateMessageRequest),
    };
    let Some(handle) = send(peer, request, PeerRequestOptions::no_options()).await else {
        return Came::Nothing;
    };
    let Some(result) = answer_or_settled(desk, handle, question).await else { return Came::Nothing };
    let Reply::HandIn(arguments) = question.read(&result) else { return Came::Nothing };
    let (desk, is_persons) = (Arc::clone(desk), question.form().is_some());
    let hand_in =
        move || if is_persons { desk.hand_in_for_person(arguments) } else { desk.hand_in(arguments) };
    let handed_in = tokio::task::spawn_blocking(hand_in).await;
    if let Ok(answer) = handed_in
        && answer.is_error
    {
        tracing::info!(answer = answer.text(), "what was answered was not accepted");
    }
    Came::HandedIn
}

/// What a form comes back with; nothing where it can't be shown or nobody answers in time.
pub async fn fill_in(peer: &Peer<RoleServer>, form: &Form, patience: Duration) -> Option<Value> {
    let request = request(form).map(ServerRequest::ElicitRequest);
    let handle = send(peer, request, PeerRequestOptions::with_timeout(patience)).await?;
    let result = handle.await_response().await;
    let result = result.inspect_err(|error| tracing::debug!(%error, "asked in vain")).ok()?;
    serde_json::to_value(result).ok()
}

async fn send(
    peer: &Peer<RoleServer>,
    request: Option<ServerRequest>,
    options: PeerRequestOptions,
) -> Option<RequestHandle<RoleServer>> {
    let sent = peer.send_cancellable_request(request?, options).await;
    sent.inspect_err(|error| tracing::debug!(%error, "the client can't be asked")).ok()
}

/// The protocol's request for a form.
pub fn request(form: &Form) -> Option<ElicitRequest> {
    made(json!({ "message": form.message, "requestedSchema": form.schema })).map(ElicitRequest::new)
}

fn made<T: DeserializeOwned>(params: Value) -> Option<T> {
    let made = serde_json::from_value(params);
    made.inspect_err(|error| tracing::warn!(%error, "no question could be made")).ok()
}

/// The answer, unless the action is settled elsewhere before it comes: then nobody needs to be asked any more.
async fn answer_or_settled(
    desk: &Arc<Desk>,
    mut handle: RequestHandle<RoleServer>,
    question: &Question,
) -> Option<Value> {
    loop {
        tokio::select! {
            answer = &mut handle.rx => {
                let result: ClientResult = answer.ok()?.inspect_err(|error| tracing::debug!(%error, "asked in vain")).ok()?;
                return serde_json::to_value(result).ok();
            }
            () = tokio::time::sleep(LOOK) => {
                let (desk, run, action) = (Arc::clone(desk), question.run.clone(), question.action.clone());
                let waits = tokio::task::spawn_blocking(move || desk.waits_for(&run, &action)).await.unwrap_or(false);
                if !waits {
                    // Whether the client hears it makes no difference.
                    let _ = handle.cancel(Some("it was answered elsewhere".to_owned())).await;
                    return None;
                }
            }
        }
    }
}
