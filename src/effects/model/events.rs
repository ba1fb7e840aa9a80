//! Server-sent events out of bytes that may be split anywhere.

use super::exchange::Trouble;
use super::reply::unusable;

/// More than any answer has; what is larger is not one.
const EVENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What has come of an event that is not complete.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    /// The last byte was a carriage return, which a line feed may belong to.
    after_return: bool,
}

impl Events {
    /// Pass on the data of every event that these bytes complete.
    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        on_event: &mut dyn FnMut(&[u8]) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        while let Some(at) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let belongs_to_return = at == 0 && bytes[0] == b'\n' && self.after_return;
            self.after_return = bytes[at] == b'\r';
            if !belongs_to_return {
                self.line.extend_from_slice(&bytes[..at]);
                self.end_line(on_event)?;
            }
            bytes = &bytes[at + 1..];
        }
        self.after_return &= bytes.is_empty();
        self.line.extend_from_slice(bytes);
        self.check_size()
    }

    fn end_line(&mut self, on_event: &mut dyn FnMut(&[u8]) -> Result<(), Trouble>) -> Result<(), Trouble> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return self.data.take().map_or(Ok(()), |data| on_event(&data));
        }
        // The name of an event is in its data, too; comments and other fields mean nothing here.
        let Some(value) = line.strip_prefix(b"data:") else { return Ok(()) };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &mut self.data {
            Some(data) => {
                data.push(b'\n');
                data.extend_from_slice(value);
            }
            None => self.data = Some(value.to_vec()),
        }
        self.check_size()
    }

    fn check_size(&self) -> Result<(), Trouble> {
        if self.line.len() + self.data.as_ref().map_or(0, Vec::len) <= EVENT_BYTES_MAX {
            return Ok(());
        }
        Err(unusable(format!("sent an event of more than {EVENT_BYTES_MAX} bytes")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "\u{feff}: hello\n\nevent: a\ndata: {\"é\":1}\n\ndata:2\r\ndata: 3\r\nid: x\r\n\r\n\
        data\n\nevent: ping\r\rdata: four\r\rdata: unfinished\n";

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let (mut events, mut found) = (Events::default(), Vec::new());
        for piece in pieces {
            let mut on_event = |data: &[u8]| {
                found.push(String::from_utf8_lossy(data).into_owned());
                Ok(())
            };
            events.push(piece, &mut on_event).unwrap();
        }
        found
    }

    #[test]
    fn events_are_the_same_however_their_bytes_are_split() {
        let bytes = STREAM.as_bytes();
        let expected = ["{\"é\":1}", "2\n3", "four"];
        for at in 0..=bytes.len() {
            assert_eq!(read(&[&bytes[..at], &bytes[at..]]), expected, "split at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single), expected);
    }

    #[test]
    fn what_never_ends_is_refused() {
        let mut events = Events::default();
        let megabyte = vec![b'x'; 1024 * 1024];
        let refused = (0..20).find_map(|_| events.push(&megabyte, &mut |_| Ok(())).err()).unwrap();
        assert!(refused.error.message.contains("an event of more than 16777216 bytes"), "{refused:?}");
    }
}
