//! The protocol's requests, each handed to whoever answers it.
#![expect(deprecated, reason = "older versions of the protocol have log levels, and clients set them")]

use super::calls::Calls;
use super::client::{Client, Era};
use super::instructions;
use super::logging::Logs;
use super::tools::Desk;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, Implementation, InitializeRequestParams, InitializeResult,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, SetLevelRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use std::sync::Arc;

pub struct Server {
    pub client: Arc<Client>,
    pub desk: Arc<Desk>,
    pub calls: Calls,
    pub logs: Arc<Logs>,
}

type Outcome<T> = Result<T, ErrorData>;
type Request = RequestContext<RoleServer>;

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_logging().build();
        let mut info = ServerConfig::new(capabilities);
        info.server_info = Implementation::new("wfmcp", env!("CARGO_PKG_VERSION")).with_title("wfmcp");
        info.instructions = Some(instructions::of(&self.desk.offer));
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
        if request.is_some_and(|request| request.cursor.is_some()) {
            return Err(ErrorData::invalid_params(
                "there is no page at this cursor: the list has one page",
                None,
            ));
        }
        Ok(ListToolsResult::with_all_items(self.desk.offer.tools()))
    }

    async fn call_tool(&self, request: CallToolRequestParams, context: Request) -> Outcome<CallToolResponse> {
        self.calls.call(request, context).await
    }
}
