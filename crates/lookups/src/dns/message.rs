//! DNS messages (RFC 1035, 4): one question out, one answer in. Written here because the crates for it bring twenty others; what is read is bounded and
//! fuzzed.

use super::record::RecordType;
use std::fmt::Write as _;

/// The largest answer over UDP that is asked for: it passes everywhere in one piece (DNS flag day 2020).
const UDP_BYTES: u16 = 1232;
/// Records of an answer that are read.
const MOST_RECORDS: usize = 1024;
/// Bytes of a name on the wire (RFC 1035, 2.3.4).
const LONGEST_NAME: usize = 255;
/// Bytes of a label.
const LONGEST_LABEL: usize = 63;
/// Pointers that are followed in one name. They must lead back, so there is no loop; this bounds the work.
const MOST_POINTERS: usize = 64;
/// The class of the internet.
const INTERNET: u16 = 1;
/// The pseudo-record that says how large an answer may be (RFC 6891).
const OPT: u16 = 41;

/// A record of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose.
    pub name: String,
    /// The number of its type.
    pub rtype: u16,
    /// Seconds for which it holds.
    pub ttl: u32,
    /// What it says, in the form of zone files; `None` for a type that is not read here.
    pub value: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The number of the question.
    pub id: u16,
    /// Whether it did not fit.
    pub is_truncated: bool,
    /// 0 is no error, 2 a failure of the server, 3 no such name.
    pub code: u8,
    /// The name that was asked about, and the type; not sent back by every server that cannot read the question.
    pub question: Option<(String, u16)>,
    /// What answers it.
    pub answers: Vec<Record>,
    /// Who is responsible; for an answer that there is nothing, for how long that holds.
    pub authority: Vec<Record>,
}

/// The question as it is sent; `None` for a name that no message can hold. `has_size` says how large the answer may be.
pub(crate) fn question(id: u16, name: &str, rtype: RecordType, has_size: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(64);
    let additional = u16::from(has_size);
    // A standard question that wants the server to do the work (RD).
    for word in [id, 0x0100, 1, 0, 0, additional] {
        out.extend(word.to_be_bytes());
    }
    let start = out.len();
    for label in name.strip_suffix('.').unwrap_or(name).split('.') {
        let length = u8::try_from(label.len()).ok().filter(|length| (1..=LONGEST_LABEL).contains(&usize::from(*length)))?;
        out.push(length);
        out.extend(label.as_bytes());
    }
    out.push(0);
    if out.len() - start > LONGEST_NAME {
        return None;
    }
    out.extend(rtype.number().to_be_bytes());
    out.extend(INTERNET.to_be_bytes());
    if has_size {
        out.push(0);
        out.extend(OPT.to_be_bytes());
        out.extend(UDP_BYTES.to_be_bytes());
        out.extend([0; 6]);
    }
    Some(out)
}

/// Reads an answer; `None` where it is none. Records past the bound are left out.
pub fn read(bytes: &[u8]) -> Option<Message> {
    let mut reader = Reader { bytes, at: 0 };
    let (id, flags) = (reader.u16()?, reader.u16()?);
    let is_answer = flags & 0x8000 != 0 && flags & 0x7800 == 0;
    if !is_answer {
        return None;
    }
    let counts = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
    let [questions, answers, authority, _] = counts;
    let mut question = None;
    for _ in 0..questions {
        let (name, rtype, class) = (reader.name()?, reader.u16()?, reader.u16()?);
        if question.is_some() || class != INTERNET {
            return None;
        }
        question = Some((name, rtype));
    }
    let is_truncated = flags & 0x0200 != 0;
    let code = u8::try_from(flags & 0x000f).unwrap_or(0);
    let mut message = Message { id, is_truncated, code, question, answers: Vec::new(), authority: Vec::new() };
    for number in 0..(usize::from(answers) + usize::from(authority)).min(MOST_RECORDS) {
        let records = if number < usize::from(answers) { &mut message.answers } else { &mut message.authority };
        match reader.record() {
            Some(record) => records.extend(record),
            // The end of what fitted is no damage.
            None if is_truncated => break,
            None => return None,
        }
    }
    Some(message)
}

/// Where a message is read. Nothing leads out of it, and nothing is read twice without leading further back.
pub(super) struct Reader<'m> {
    bytes: &'m [u8],
    at: usize,
}

impl<'m> Reader<'m> {
    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'m [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// What is left.
    pub(super) fn rest(&mut self) -> &'m [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at = self.bytes.len();
        rest
    }

    pub(super) fn is_over(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// A name, with its final dot left out; `.` for the root. Other bytes than those of host names are escaped as in zone files.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let (mut at, mut after, mut length, mut pointers) = (self.at, None, 1, 0);
        loop {
            let first = usize::from(*self.bytes.get(at)?);
            match first {
                0 => {
                    self.at = after.unwrap_or(at + 1);
                    if name.is_empty() {
                        name.push('.');
                    }
                    return Some(name);
                }
                1..=LONGEST_LABEL => {
                    length += first + 1;
                    if length > LONGEST_NAME {
                        return None;
                    }
                    if !name.is_empty() {
                        name.push('.');
                    }
                    let label = self.bytes.get(at + 1..at + 1 + first)?;
                    label.iter().for_each(|byte| escape(*byte, true, &mut name));
                    at += 1 + first;
                }
                0xc0.. => {
                    let target = (first & 0x3f) << 8 | usize::from(*self.bytes.get(at + 1)?);
                    after.get_or_insert(at + 2);
                    pointers += 1;
                    if target >= at || pointers > MOST_POINTERS {
                        return None;
                    }
                    at = target;
                }
                _ => return None,
            }
        }
    }

    /// A record; `Some(None)` for one of another class than the internet's.
    fn record(&mut self) -> Option<Option<Record>> {
        let name = self.name()?;
        let (rtype, class, ttl) = (self.u16()?, self.u16()?, self.u32()?);
        let length = usize::from(self.u16()?);
        let start = self.at;
        self.take(length)?;
        if class != INTERNET || rtype == OPT {
            return Some(None);
        }
        // Names in it may point back into the message, but what is read must end where it ends.
        let mut data = Reader { bytes: self.bytes.get(..self.at)?, at: start };
        let value = match RecordType::of_number(rtype) {
            Some(known) => Some(known.value(&mut data).filter(|_| data.is_over())?),
            None => None,
        };
        // A TTL with its highest bit set means none (RFC 2181, 8).
        let ttl = if ttl > i32::MAX.unsigned_abs() { 0 } else { ttl };
        Some(Some(Record { name, rtype, ttl, value }))
    }
}

/// Appends a byte of a text as zone files write it (RFC 1035, 5.1).
pub(super) fn escape(byte: u8, is_name: bool, out: &mut String) {
    match byte {
        b'.' if !is_name => out.push('.'),
        b'.' | b'\\' | b'"' => {
            out.push('\\');
            out.push(char::from(byte));
        }
        b' ' if !is_name => out.push(' '),
        0x21..=0x7e => out.push(char::from(byte)),
        _ => _ = write!(out, "\\{byte:03}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(records: &[(&[u8], u16, &[u8])]) -> Vec<u8> {
        let mut out = question(7, "www.example.test", RecordType::A, false).expect("a question");
        out[2] = 0x81;
        out[7] = u8::try_from(records.len()).expect("few");
        for (name, rtype, data) in records {
            out.extend_from_slice(name);
            for word in [*rtype, 1, 0, 300, u16::try_from(data.len()).expect("short")] {
                out.extend(word.to_be_bytes());
            }
            out.extend_from_slice(data);
        }
        out
    }

    #[test]
    fn questions_are_as_the_rfc_says() {
        let expected = b"\x12\x34\x01\x00\0\x01\0\0\0\0\0\x01\x01a\x02bc\0\0\x1c\0\x01\0\0\x29\x04\xd0\0\0\0\0\0\0";
        assert_eq!(question(0x1234, "a.bc.", RecordType::Aaaa, true).as_deref(), Some(expected.as_slice()));
        for name in ["", ".", "a..b", &"x".repeat(64), &"abcdefg.".repeat(40)] {
            assert_eq!(question(0, name, RecordType::A, false), None, "{name}");
        }
    }

    #[test]
    fn every_type_is_written_as_in_zone_files() {
        let here = b"\xc0\x0c".as_slice();
        // Bytes 16.. of the question: `example.test` is at 16.
        let cases: Vec<(u16, &[u8], &str)> = vec![
            (1, b"\xc0\0\x02\x01", "192.0.2.1"),
            (28, b"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", "2001:db8::1"),
            (5, b"\x02cn\xc0\x10", "cn.example.test"),
            (2, b"\x02ns\xc0\x10", "ns.example.test"),
            (12, b"\x01p\xc0\x10", "p.example.test"),
            (15, b"\0\x0a\x02mx\xc0\x10", "10 mx.example.test"),
            (15, b"\0\0\0", "0 ."),
            (16, b"\x05v=1 a\x04 \"b\\", "v=1 a \\\"b\\\\"),
            (16, b"\x02\xc3\xbc", "\\195\\188"),
            (
                6,
                b"\x02ns\xc0\x10\x01h\xc0\x10\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05",
                "ns.example.test h.example.test 1 2 3 4 5",
            ),
            (33, b"\0\x01\0\x02\x14\x66\x03sip\xc0\x10", "1 2 5222 sip.example.test"),
            (257, b"\x80\x05issueca.test", "128 issue \"ca.test\""),
        ];
        for (rtype, data, expected) in cases {
            let message = read(&answer(&[(here, rtype, data)])).expect(expected);
            assert_eq!(message.answers, [Record { name: "www.example.test".into(), rtype, ttl: 300, value: Some(expected.into()) }]);
            assert_eq!(message.question, Some(("www.example.test".to_owned(), 1)));
        }
        let unknown = read(&answer(&[(here, 99, b"\0\0"), (b"\x03a.b\x01\xff\0", 1, b"\x01\x02\x03\x04")])).expect("a message");
        assert_eq!(unknown.answers[0].value, None);
        assert_eq!(unknown.answers[1].name, "a\\.b.\\255");
    }

    #[test]
    fn what_is_no_answer_is_not_read() {
        let here = b"\xc0\x0c".as_slice();
        for (what, bytes) in [
            ("a question", question(1, "a.test", RecordType::A, true).expect("a question")),
            ("nothing", Vec::new()),
            ("a name that points at itself", answer(&[(b"\xc0\x22", 1, b"\x01\x02\x03\x04")])),
            ("a name that points ahead", answer(&[(b"\xc0\xff", 1, b"\x01\x02\x03\x04")])),
            ("an address of three bytes", answer(&[(here, 1, b"\x01\x02\x03")])),
            ("an address of five bytes", answer(&[(here, 1, b"\x01\x02\x03\x04\x05")])),
            ("a text that is longer than its record", answer(&[(here, 16, b"\x09abc")])),
            ("a mail exchanger without a name", answer(&[(here, 15, b"\0\x01")])),
        ] {
            assert_eq!(read(&bytes), None, "{what}");
        }
        let mut cut = answer(&[(here, 1, b"\x01\x02\x03\x04"), (here, 1, b"\x01\x02\x03\x04")]);
        cut.truncate(cut.len() - 3);
        assert_eq!(read(&cut), None);
        cut[2] |= 0x02;
        assert!(read(&cut).is_some_and(|message| message.is_truncated && message.answers.len() == 1));
    }

    #[test]
    fn hostile_sizes_end() {
        let mut bytes = answer(&[]);
        bytes[6..8].copy_from_slice(&u16::MAX.to_be_bytes());
        while bytes.len() < 65_000 {
            bytes.extend_from_slice(b"\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04\x01\x02\x03\x04");
        }
        let started = std::time::Instant::now();
        assert!(read(&bytes).is_some_and(|message| message.answers.len() == MOST_RECORDS));
        assert!(started.elapsed().as_secs() < 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), is_forced in any::<bool>()) {
            if is_forced && bytes.len() > 12 {
                bytes[2] = 0x80;
                bytes[4..8].copy_from_slice(&[0, 0, 0, 9]);
            }
            if let Some(message) = read(&bytes) {
                prop_assert!(message.answers.len() + message.authority.len() <= MOST_RECORDS);
                prop_assert!(message.answers.iter().all(|record| record.name.len() <= 4 * LONGEST_NAME));
            }
        }

        #[test]
        fn names_come_back(labels in proptest::collection::vec("[a-z0-9_-]{1,20}", 1..8)) {
            let name = labels.join(".");
            let mut bytes = question(1, &name, RecordType::Txt, true).expect("a question");
            bytes[2] |= 0x80;
            prop_assert_eq!(read(&bytes).and_then(|message| message.question), Some((name, 16)));
        }
    }
}
