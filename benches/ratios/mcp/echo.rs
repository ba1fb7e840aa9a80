//! The floor: a server on bare rmcp with one tool that says again what it is told.

use super::ECHO_PLAIN;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::{stdio, stdio_pipes};
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use serde_json::{Map, json};

struct Echo;

impl ServerHandler for Echo {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![Tool::new("echo", "Says it again.", Map::new())]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let text = request.arguments.and_then(|arguments| arguments.get("text").cloned()).unwrap_or_default();
        let mut result = CallToolResult::success(vec![ContentBlock::text(text.to_string())]);
        result.structured_content = Some(json!({ "text": text }));
        Ok(result.into())
    }
}

/// Serve until the client leaves.
pub fn serve(kind: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        if kind == ECHO_PLAIN {
            let _ended = Echo.serve(stdio()).await.expect("a client").waiting().await;
        } else {
            let _ended = Echo.serve(stdio_pipes()).await.expect("a client").waiting().await;
        }
    });
    runtime.shutdown_background();
}
