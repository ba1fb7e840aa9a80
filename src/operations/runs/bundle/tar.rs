//! The frame of a tar archive (POSIX ustar): regular files alone, and nothing in a header that could be otherwise.

use super::flaw::Flaw;

pub const BLOCK: usize = 512;
/// What the size field of a header can say.
pub const MEMBER_BYTES_MAX: u64 = 0o777_7777_7777;
const NAME_BYTES: usize = 100;
const PREFIX_BYTES: usize = 155;
const PREFIX_AT: usize = 345;
const SUM: std::ops::Range<usize> = 148..156;

/// The header of a member; `None` where the name or the size has no room in it.
pub fn header(name: &str, bytes: u64) -> Option<[u8; BLOCK]> {
    let (prefix, name) = match name.rsplit_once('/') {
        Some((prefix, last)) if name.len() > NAME_BYTES => (prefix, last),
        _ => ("", name),
    };
    if name.len() > NAME_BYTES || prefix.len() > PREFIX_BYTES || bytes > MEMBER_BYTES_MAX {
        return None;
    }
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000600\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{bytes:011o}\0"));
    put(136, "00000000000\0");
    put(SUM.start, "        ");
    put(156, "0");
    put(257, "ustar\0");
    put(263, "00");
    put(PREFIX_AT, prefix);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[SUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// How many zeros follow the bytes of a member.
pub fn padding(bytes: u64) -> usize {
    let rest = usize::try_from(bytes % BLOCK as u64).unwrap_or(0);
    if rest == 0 { 0 } else { BLOCK - rest }
}

/// What a header says: a name and a size. It must be the one that this would write.
pub fn read(block: &[u8; BLOCK], place: &str) -> Result<(String, u64), Flaw> {
    let text = |range: std::ops::Range<usize>| {
        let field = &block[range];
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    let (name, prefix) = (text(0..NAME_BYTES), text(PREFIX_AT..PREFIX_AT + PREFIX_BYTES));
    let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
    let bytes = u64::from_str_radix(&text(124..136), 8)
        .map_err(|_| Flaw::new(place, "the size of a member", format!("{:?}", text(124..136))))?;
    let expected = header(&name, bytes);
    let differs = expected.and_then(|expected| expected.iter().zip(block).position(|(a, b)| a != b));
    match (expected, differs) {
        (Some(_), None) => Ok((name, bytes)),
        (_, at) => {
            let at = at.map_or_else(String::new, |at| format!(" at byte {at}"));
            Err(Flaw::new(place, "the header of a member", format!("another{at}")))
        }
    }
}
