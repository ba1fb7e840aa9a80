//! Work that may take its time, on a thread of its own. Whoever asked for it may go: the work goes on.

use rmcp::ErrorData;
use tokio_util::sync::CancellationToken;

/// What the work comes to, or an error that nobody gets once the request is cancelled.
pub async fn unless_cancelled<T: Send + 'static>(
    cancelled: &CancellationToken,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ErrorData> {
    tokio::select! {
        done = tokio::task::spawn_blocking(work) => {
            done.map_err(|error| ErrorData::internal_error(format!("a bug in wfmcp: {error}"), None))
        }
        () = cancelled.cancelled() => Err(ErrorData::internal_error("the request was cancelled", None)),
    }
}
