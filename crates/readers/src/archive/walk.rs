//! A tar archive member by member. The crate `tar` reads what gives a member a long name into memory, whatever length it claims: a few kilobytes of gzip would
//! take gigabytes. Here that is bounded, and of all else only a block of 512 bytes is held.

use std::io::{self, Read};
use tar::{EntryType, Header, PaxExtensions};

const BLOCK: usize = 512;

/// Longest header that names a member; Linux has no paths beyond 4,096 bytes.
const MAX_NAMING: u64 = 1 << 20;

/// Reads an archive from its beginning.
pub struct TarWalk<R> {
    input: R,
    /// How far the archive was read.
    at: u64,
    /// Bytes of the current member, and how many of zeros follow them.
    left: (u64, u64),
}

/// What the archive says of a member.
#[derive(Debug, PartialEq, Eq)]
pub struct TarMember {
    /// Its path in the archive.
    pub name: String,
    /// Whether it is a file, and no folder or link.
    pub is_file: bool,
    /// Where its bytes begin in the archive.
    pub at: u64,
    /// How many there are.
    pub size: u64,
    /// Seconds since 1970.
    pub modified: Option<u64>,
}

impl<R: Read> TarWalk<R> {
    /// Of the bytes of an archive.
    pub fn new(input: R) -> Self {
        Self { input, at: 0, left: (0, 0) }
    }

    /// The next member, past what was not read of the last.
    #[expect(clippy::should_implement_trait, reason = "it may fail, and what it gives is read through it")]
    pub fn next(&mut self) -> io::Result<Option<TarMember>> {
        let (mut long_name, mut pax_name, mut pax_size) = (None, None, None);
        loop {
            self.skip_rest()?;
            let Some(header) = self.header()? else { return Ok(None) };
            let kind = header.entry_type();
            let names_another =
                matches!(kind, EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader);
            let size = pax_size.filter(|_| !names_another).map_or_else(|| header.entry_size(), Ok)?;
            if header.as_gnu().is_some_and(|gnu| kind.is_gnu_sparse() && gnu.is_extended()) {
                while self.block()?.and_then(|block| block.get(504).copied()).is_some_and(|more| more != 0) {}
            }
            self.left = (size, size.wrapping_neg() % BLOCK as u64);
            match kind {
                EntryType::GNULongName => long_name = Some(until_nul(&self.naming(size)?)),
                EntryType::XHeader => {
                    let naming = self.naming(size)?;
                    for record in PaxExtensions::new(&naming) {
                        let record = record?;
                        match record.key_bytes() {
                            b"path" => pax_name = Some(String::from_utf8_lossy(record.value_bytes()).into_owned()),
                            b"size" => pax_size = record.value().ok().and_then(|size| size.parse().ok()),
                            _ => {}
                        }
                    }
                }
                EntryType::GNULongLink | EntryType::XGlobalHeader => {}
                _ => {
                    let name = long_name.or(pax_name).unwrap_or_else(|| String::from_utf8_lossy(&header.path_bytes()).into_owned());
                    return Ok(Some(TarMember { name, is_file: kind.is_file(), at: self.at, size, modified: header.mtime().ok() }));
                }
            }
        }
    }

    /// The bytes of the current member.
    pub fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&mut self.input).take(self.left.0).read_to_end(&mut bytes)?;
        self.at += bytes.len() as u64;
        if bytes.len() as u64 != self.left.0 {
            return Err(cut_off());
        }
        self.left.0 = 0;
        Ok(bytes)
    }

    /// The bytes of a header that says something about the member after it.
    fn naming(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_NAMING {
            return Err(invalid(format!("a name takes {size} bytes, more than {MAX_NAMING}")));
        }
        self.read()
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        let (bytes, zeros) = std::mem::take(&mut self.left);
        let skipped = io::copy(&mut (&mut self.input).take(bytes), &mut io::sink())?;
        if skipped != bytes {
            return Err(cut_off());
        }
        // Some writers leave out what would fill the last block.
        self.at += skipped + io::copy(&mut (&mut self.input).take(zeros), &mut io::sink())?;
        Ok(())
    }

    /// The header of the next member; `None` at the end, which is a block of zeros or that of the file.
    fn header(&mut self) -> io::Result<Option<Header>> {
        let Some(block) = self.block()?.filter(|block| block.iter().any(|byte| *byte != 0)) else { return Ok(None) };
        let header = Header::from_byte_slice(&block).clone();
        let (before, sum, after) = (block.iter().take(148), 8 * u32::from(b' '), block.iter().skip(156));
        if header.cksum()? != before.chain(after).map(|byte| u32::from(*byte)).sum::<u32>() + sum {
            return Err(invalid(format!("no header of a member at byte {}", self.at - BLOCK as u64)));
        }
        Ok(Some(header))
    }

    /// The next block; `None` at the end.
    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut block = Vec::with_capacity(BLOCK);
        self.at += (&mut self.input).take(BLOCK as u64).read_to_end(&mut block)? as u64;
        match block.try_into() {
            Ok(block) => Ok(Some(block)),
            Err(part) if part.is_empty() => Ok(None),
            Err(_) => Err(cut_off()),
        }
    }
}

fn until_nul(bytes: &[u8]) -> String {
    let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(name).into_owned()
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "it is cut off")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_path(name).unwrap();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mtime(7);
        header.set_cksum();
        header
    }

    fn entry(out: &mut Vec<u8>, header: &Header, data: &[u8]) {
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }

    /// Counts what is read of zeros without end after some bytes.
    struct Endless<'a>(&'a [u8], u64);

    impl Read for Endless<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = if self.0.is_empty() {
                out.fill(0);
                out.len()
            } else {
                self.0.read(out)?
            };
            self.1 += count as u64;
            Ok(count)
        }
    }

    #[test]
    fn a_name_of_a_gigabyte_is_refused_before_it_is_read() {
        for kind in [EntryType::GNULongName, EntryType::XHeader] {
            let bytes = header("x", kind, 1 << 30);
            let mut input = Endless(bytes.as_bytes(), 0);
            let error = TarWalk::new(&mut input).next().unwrap_err();
            assert_eq!((error.to_string().as_str(), input.1), ("a name takes 1073741824 bytes, more than 1048576", 512), "{kind:?}");
        }
        // What says nothing that is wanted is passed over, block by block.
        let mut bytes = Vec::new();
        entry(&mut bytes, &header("x", EntryType::XGlobalHeader, 3 << 20), &vec![b'x'; 3 << 20]);
        entry(&mut bytes, &header("x", EntryType::GNULongLink, 3 << 20), &vec![b'x'; 3 << 20]);
        entry(&mut bytes, &header("a", EntryType::Regular, 1), b"a");
        assert_eq!(TarWalk::new(bytes.as_slice()).next().unwrap().unwrap().name, "a");
    }

    #[test]
    fn names_sizes_and_kinds() {
        let mut bytes = Vec::new();
        let long = "d/".repeat(200) + "long";
        entry(&mut bytes, &header("x", EntryType::GNULongName, long.len() as u64 + 1), format!("{long}\0").as_bytes());
        entry(&mut bytes, &header("short", EntryType::Regular, 3), b"abc");
        entry(&mut bytes, &header("pax", EntryType::XHeader, 24), b"14 path=a/b/c\n10 size=4\n");
        entry(&mut bytes, &header("x", EntryType::Regular, 0), b"abcd");
        entry(&mut bytes, &header("dir/", EntryType::Directory, 0), b"");
        entry(&mut bytes, &header("last", EntryType::Regular, 5), b"abcde");
        let whole = bytes.len();
        bytes.resize(whole + 2 * BLOCK, 0);
        bytes.extend_from_slice(b"after the end");
        let mut walk = TarWalk::new(bytes.as_slice());
        let mut found = Vec::new();
        while let Some(member) = walk.next().unwrap() {
            let data = if member.name == "last" { String::new() } else { String::from_utf8(walk.read().unwrap()).unwrap() };
            assert_eq!((&bytes[member.at as usize..][..data.len()], member.modified), (data.as_bytes(), Some(7)));
            found.push((member.name, member.is_file, member.size, data));
        }
        let expected = [(long.as_str(), true, 3, "abc"), ("a/b/c", true, 4, "abcd"), ("dir/", false, 0, ""), ("last", true, 5, "")];
        assert_eq!(found, expected.map(|(name, is_file, size, data)| (name.to_owned(), is_file, size, data.to_owned())));

        for (end, is_good) in [(whole, true), (whole - 507, true), (whole - 508, false), (700, false), (100, false), (0, true)] {
            let mut walk = TarWalk::new(&bytes[..end]);
            let all = std::iter::from_fn(|| walk.next().transpose()).collect::<io::Result<Vec<_>>>();
            assert_eq!(all.is_ok(), is_good, "{end}: {all:?}");
        }
        bytes[1024 + 3] ^= 1;
        assert_eq!(TarWalk::new(bytes.as_slice()).next().unwrap_err().to_string(), "no header of a member at byte 1024");
    }
}
