//! The protocol's requests, each handed to whoever answers it.
#![expect(
    deprecated,
    reason = "older versions of the protocol have levels and subscriptions, and clients use them"
)]

use super::calls::Calls;
use super::client::{Client, Era};
use super::listening::{self, Session};
use super::logging::Logs;
use super::resources::{self, Address, Topic, Watch};
use super::tasks::{self, Asks};
use super::tools::{Desk, error_value, instructions};
use super::{blocking, prompts};
use crate::operations::{Error, Kind};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams, CompleteResult,
    ErrorCode, GetPromptRequestParams, GetPromptResponse, GetTaskParams, GetTaskResult, Implementation,
    InitializeRequestParams, InitializeResult, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams,
    ReadResourceResponse, ReadResourceResult, Reference, ServerCapabilities, ServerConfig,
    SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, UnsubscribeRequestParams,
    UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub struct Server {
    pub client: Arc<Client>,
    pub desk: Arc<Desk>,
    pub calls: Calls,
    pub logs: Arc<Logs>,
    pub watch: Arc<Watch>,
    pub session: Arc<Session>,
    /// Set off once the client sends no more.
    pub gone: CancellationToken,
}

type Outcome<T> = Result<T, ErrorData>;
type Request = RequestContext<RoleServer>;

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_logging()
            .enable_completions()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_resources_list_changed()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_tasks()
            .build();
        let mut info = ServerConfig::new(capabilities);
        info.server_info = Implementation::new("wfmcp", env!("CARGO_PKG_VERSION")).with_title("wfmcp");
        info.instructions = Some(instructions(&self.desk.offer));
        info
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: Request,
    ) -> Outcome<InitializeResult> {
        let result = self.negotiate_initialize(&request)?;
        self.client.settle(Era::session(&result.protocol_version), Some(&request.client_info.name));
        context.peer.set_peer_info(request);
        Ok(result)
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        self.logs.send_on(context.peer).await;
    }

    async fn set_level(&self, request: SetLevelRequestParams, _: Request) -> Outcome<()> {
        self.logs.set_level(request.level);
        Ok(())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: Request,
    ) -> Outcome<ListToolsResult> {
        only_page(request)?;
        Ok(ListToolsResult::with_all_items(self.desk.offer.tools()))
    }

    async fn call_tool(&self, request: CallToolRequestParams, context: Request) -> Outcome<CallToolResponse> {
        self.calls.call(request, context).await
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Request,
    ) -> Outcome<ListResourcesResult> {
        let cursor = request.and_then(|request| request.cursor);
        let (session, peer, era) = (Arc::clone(&self.session), context.peer.clone(), self.client.era());
        let listed = self.ask(&context, move |desk| {
            // Who has seen the list wants to know when there is another.
            if matches!(era, Era::Legacy(_)) {
                session.add(&peer, Topic::ResourceList)?;
            }
            resources::page(desk, cursor.as_deref())
        });
        let listed = listed.await?;
        let mut result = ListResourcesResult::with_all_items(listed.resources);
        result.next_cursor = listed.next;
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _: Request,
    ) -> Outcome<ListResourceTemplatesResult> {
        only_page(request)?;
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates(&self.desk)))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: Request,
    ) -> Outcome<ReadResourceResponse> {
        let address = address(&request.uri)?;
        let contents = self.ask(&context, move |desk| resources::read(desk, &address, &request.uri)).await?;
        Ok(ReadResourceResult::new(vec![contents]).into())
    }

    async fn subscribe(&self, request: SubscribeRequestParams, context: Request) -> Outcome<()> {
        address(&request.uri)?;
        let (session, peer) = (Arc::clone(&self.session), context.peer.clone());
        self.ask(&context, move |_| session.add(&peer, Topic::Resource(request.uri))).await
    }

    async fn unsubscribe(&self, request: UnsubscribeRequestParams, _: Request) -> Outcome<()> {
        self.session.remove(&Topic::Resource(request.uri));
        Ok(())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let accepted = listening::accepted(requested);
        self.watch.prime(&listening::topics(&accepted));
        Some(accepted)
    }

    async fn listen(&self, context: SubscriptionContext) -> Outcome<()> {
        tokio::select! {
            () = listening::listen(Arc::clone(&self.watch), context) => {}
            () = self.gone.cancelled() => {}
        }
        Ok(())
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Request,
    ) -> Outcome<ListPromptsResult> {
        let cursor = request.and_then(|request| request.cursor);
        let (session, peer, era) = (Arc::clone(&self.session), context.peer.clone(), self.client.era());
        let listed = self.ask(&context, move |desk| {
            if matches!(era, Era::Legacy(_)) {
                session.add(&peer, Topic::PromptList)?;
            }
            prompts::page(desk, cursor.as_deref())
        });
        listed.await
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: Request,
    ) -> Outcome<GetPromptResponse> {
        let got = self.ask(&context, move |desk| prompts::get(desk, request)).await;
        got.map(GetPromptResponse::from).map_err(unknown)
    }

    async fn get_task(&self, request: GetTaskParams, context: Request) -> Outcome<GetTaskResult> {
        let asks = Asks::of(&context);
        let task = self.ask(&context, move |desk| tasks::get(desk, &request.task_id, asks)).await;
        task.map(GetTaskResult::new).map_err(unknown)
    }

    async fn update_task(&self, request: UpdateTaskParams, context: Request) -> Outcome<()> {
        let asks = Asks::of(&context);
        let work = move |desk: &Desk| tasks::update(desk, &request.task_id, &request.input_responses, asks);
        self.ask(&context, work).await.map_err(unknown)
    }

    async fn cancel_task(&self, request: CancelTaskParams, context: Request) -> Outcome<()> {
        self.ask(&context, move |desk| desk.cancel(&request.task_id)).await.map_err(unknown)
    }

    async fn complete(&self, request: CompleteRequestParams, context: Request) -> Outcome<CompleteResult> {
        let others: Map<String, Value> = request
            .context
            .and_then(|context| context.arguments)
            .into_iter()
            .flatten()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        let info = self.ask(&context, move |desk| {
            let argument = (request.argument.name.as_str(), request.argument.value.as_str());
            match &request.r#ref {
                Reference::Resource(reference) => {
                    Ok(resources::complete(desk, &reference.uri, argument, &others))
                }
                Reference::Prompt(reference) => prompts::complete(desk, &reference.name, argument),
                _ => Err(Error::input("`ref` is neither a prompt nor a resource template")),
            }
        });
        info.await.map(CompleteResult::new).map_err(unknown)
    }
}

impl Server {
    /// What the desk knows, asked beside everything else that goes on.
    async fn ask<T: Send + 'static>(
        &self,
        context: &Request,
        work: impl FnOnce(&Desk) -> Result<T, Error> + Send + 'static,
    ) -> Outcome<T> {
        let desk = Arc::clone(&self.desk);
        let asked = blocking::unless_cancelled(&context.ct, move || work(&desk)).await?;
        asked.map_err(|error| protocol_error(&error, &self.desk))
    }
}

/// A task, a prompt or an argument that is not there is a parameter that does not fit, in every version.
fn unknown(error: ErrorData) -> ErrorData {
    if error.code == ErrorCode::RESOURCE_NOT_FOUND {
        ErrorData { code: ErrorCode::INVALID_PARAMS, ..error }
    } else {
        error
    }
}

fn only_page(request: Option<PaginatedRequestParams>) -> Outcome<()> {
    match request.and_then(|request| request.cursor) {
        None => Ok(()),
        Some(_) => {
            Err(ErrorData::invalid_params("there is no page at this cursor: the list has one page", None))
        }
    }
}

fn address(uri: &str) -> Outcome<Address> {
    Address::parse(uri).map_err(|reason| ErrorData::invalid_params(reason, None))
}

/// An error of an operation where the protocol has errors of its own.
fn protocol_error(error: &Error, desk: &Desk) -> ErrorData {
    let (message, data) = (error.in_full(), Some(error_value(error, &desk.offer)["error"].take()));
    match error.kind {
        Kind::NotFound => ErrorData::resource_not_found(message, data),
        Kind::InvalidInput | Kind::InvalidDocument | Kind::NotPermitted | Kind::Limit => {
            ErrorData::invalid_params(message, data)
        }
        _ => ErrorData::internal_error(message, data),
    }
}
