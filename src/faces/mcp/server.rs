//! The protocol's requests, each handed to whoever answers it.

use super::client::{Client, Era};
use super::tools::Desk;
use super::{blocking, instructions};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorCode, Implementation,
    InitializeRequestParams, InitializeResult, ListToolsResult, PaginatedRequestParams, ServerCapabilities,
    ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use std::sync::Arc;

pub struct Server {
    pub client: Arc<Client>,
    pub desk: Arc<Desk>,
}

type Outcome<T> = Result<T, ErrorData>;

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let mut info = ServerConfig::new(capabilities);
        info.server_info = Implementation::new("wfmcp", env!("CARGO_PKG_VERSION")).with_title("wfmcp");
        info.instructions = Some(instructions::of(&self.desk.offer));
        info
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Outcome<InitializeResult> {
        let result = self.negotiate_initialize(&request)?;
        self.client.settle(Era::session(&result.protocol_version), Some(&request.client_info.name));
        context.peer.set_peer_info(request);
        Ok(result)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Outcome<ListToolsResult> {
        if request.is_some_and(|request| request.cursor.is_some()) {
            return Err(ErrorData::invalid_params(
                "there is no page at this cursor: the list has one page",
                None,
            ));
        }
        Ok(ListToolsResult::with_all_items(self.desk.offer.tools()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Outcome<CallToolResponse> {
        let Some(row) = self.desk.offer.find(&request.name) else {
            let message = self.desk.offer.why_not(&request.name);
            return Err(ErrorData::new(ErrorCode::INVALID_PARAMS, message, None));
        };
        let desk = Arc::clone(&self.desk);
        let arguments = request.arguments.map_or(Value::Null, Value::Object);
        let answer = blocking::unless_cancelled(&context.ct, move || match (row.from_json)(arguments) {
            Ok(prepared) => desk.perform(row, prepared),
            Err(error) => super::tools::Answer::error(&error, &desk.offer),
        });
        Ok(CallToolResult::from(answer.await?).into())
    }
}
