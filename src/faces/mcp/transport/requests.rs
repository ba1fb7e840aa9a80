//! From a message's method to the request that the protocol has for it: a method that is known with parameters that do
//! not fit is told apart from a method that is not known.

use super::envelope::{Flaw, INVALID_PARAMS, METHOD_NOT_FOUND};
use rmcp::model::{
    CallToolRequest, CancelTaskRequest, CancelledNotification, ClientNotification, ClientRequest,
    CompleteRequest, DiscoverRequest, GetPromptRequest, GetTaskRequest, InitializeRequest,
    InitializedNotification, ListPromptsRequest, ListResourceTemplatesRequest, ListResourcesRequest,
    ListToolsRequest, PaginatedRequestParams, PingRequest, ProgressNotification, ReadResourceRequest,
    RootsListChangedNotification, SetLevelRequest, SubscribeRequest, SubscriptionsListenRequest,
    UnsubscribeRequest, UpdateTaskRequest,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

type Read = fn(&str) -> serde_json::Result<ClientRequest>;

fn read<R: DeserializeOwned + Into<ClientRequest>>(message: &str) -> serde_json::Result<ClientRequest> {
    serde_json::from_str::<R>(message).map(Into::into)
}

/// rmcp reads parameters that may be left out as left out where they do not fit.
fn read_list<R: DeserializeOwned + Into<ClientRequest>>(message: &str) -> serde_json::Result<ClientRequest> {
    #[derive(Deserialize)]
    struct Listing {
        #[serde(default, rename = "params")]
        _params: Option<PaginatedRequestParams>,
    }
    serde_json::from_str::<Listing>(message)?;
    read::<R>(message)
}

/// Every method, how its request is read, and what its parameters are.
const METHODS: &[(&str, Read, &str)] = &[
    ("tools/call", read::<CallToolRequest>, "`name` and, as an object, `arguments`"),
    ("tools/list", read_list::<ListToolsRequest>, "a `cursor`, if any"),
    ("initialize", read::<InitializeRequest>, "`protocolVersion`, `capabilities` and `clientInfo`"),
    ("server/discover", read::<DiscoverRequest>, "`_meta` alone"),
    ("ping", read::<PingRequest>, "nothing"),
    ("completion/complete", read::<CompleteRequest>, "`ref` and `argument`"),
    ("logging/setLevel", read::<SetLevelRequest>, "a `level` from debug to emergency"),
    ("prompts/get", read::<GetPromptRequest>, "`name` and, as an object of texts, `arguments`"),
    ("prompts/list", read_list::<ListPromptsRequest>, "a `cursor`, if any"),
    ("resources/list", read_list::<ListResourcesRequest>, "a `cursor`, if any"),
    ("resources/templates/list", read_list::<ListResourceTemplatesRequest>, "a `cursor`, if any"),
    ("resources/read", read::<ReadResourceRequest>, "a `uri`"),
    ("resources/subscribe", read::<SubscribeRequest>, "a `uri`"),
    ("resources/unsubscribe", read::<UnsubscribeRequest>, "a `uri`"),
    ("subscriptions/listen", read::<SubscriptionsListenRequest>, "`notifications`, what to listen for"),
    ("tasks/get", read::<GetTaskRequest>, "a `taskId`"),
    ("tasks/update", read::<UpdateTaskRequest>, "a `taskId` and `inputResponses`"),
    ("tasks/cancel", read::<CancelTaskRequest>, "a `taskId`"),
];

/// The request that a message makes.
pub fn request(message: &str, method: &str) -> Result<ClientRequest, Flaw> {
    let Some((_, read, takes)) = METHODS.iter().find(|(known, ..)| *known == method) else {
        return Err(Flaw::new(METHOD_NOT_FOUND, format!("there is no method `{}`", shortened(method))));
    };
    read(message).map_err(|error| {
        Flaw::new(
            INVALID_PARAMS,
            format!("the parameters of {method} do not fit ({error}): it takes {takes}"),
        )
    })
}

/// A notification that means something to us.
pub fn notification(message: &str, method: &str) -> Option<ClientNotification> {
    fn read<N: DeserializeOwned + Into<ClientNotification>>(message: &str) -> Option<ClientNotification> {
        serde_json::from_str::<N>(message).ok().map(Into::into)
    }
    match method {
        "notifications/initialized" => read::<InitializedNotification>(message),
        "notifications/cancelled" => read::<CancelledNotification>(message),
        "notifications/progress" => read::<ProgressNotification>(message),
        "notifications/roots/list_changed" => read::<RootsListChangedNotification>(message),
        _ => None,
    }
}

/// What somebody else wrote is repeated in part only.
fn shortened(method: &str) -> String {
    const SHOWN: usize = 60;
    match method.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &method[..at]),
        None => method.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_method_and_its_parameters_are_wrong_in_different_ways() {
        let message =
            |method: &str, params| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let code = |method: &str, params| match request(&message(method, params).to_string(), method) {
            Ok(_) => 0,
            Err(flaw) => flaw.code,
        };
        assert_eq!(code("tools/call", json!({ "name": "x", "arguments": { "a": 1 } })), 0);
        assert_eq!(code("tools/list", json!({})), 0);
        assert_eq!(code("tools/call", json!({})), INVALID_PARAMS);
        assert_eq!(code("tools/call", json!({ "name": "x", "arguments": [1] })), INVALID_PARAMS);
        assert_eq!(code("prompts/get", json!({ "name": 7 })), INVALID_PARAMS);
        assert_eq!(code("tools/remove", json!({})), METHOD_NOT_FOUND);
    }
}
