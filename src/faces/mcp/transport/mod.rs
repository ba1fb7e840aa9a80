//! Standard input and output as a strict JSON-RPC connection: what is no message is answered as the standards require,
//! what is one is passed on, and nothing but messages goes out.

mod lines;
mod envelope;
#[expect(deprecated, reason = "older versions of the protocol have these, and clients speak them")]
mod requests;
mod output;
mod replies;
mod gate;
mod wire;
mod open;

pub use gate::Quick;
pub use open::{Connection, open};
pub use wire::Wire;
