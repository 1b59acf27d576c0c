//! Paths and file names: off by default, since logs are full of them.

use super::chars::{at, before, is_word, run_end, slice};
use super::dotted::Dotted;
use super::{IocType, Scanner, Trust};
use std::borrow::Cow;

/// Longest path that is read: Windows' MAX_PATH four times, Linux' PATH_MAX a quarter.
const LONGEST: usize = 1040;
/// How far a name with blanks is followed in search of its extension.
const LOOK_AHEAD: usize = 96;
/// Blanks in one name.
const MAX_BLANKS: usize = 6;

/// Extensions of files that matter to a hunt; sorted.
const EXTENSIONS: &[&str] = &[
    "7z",
    "a3x",
    "aac",
    "ade",
    "apk",
    "app",
    "appx",
    "asp",
    "aspx",
    "bak",
    "bash",
    "bat",
    "bin",
    "bmp",
    "bz2",
    "c",
    "cab",
    "cfg",
    "chm",
    "class",
    "cmd",
    "conf",
    "cpl",
    "cpp",
    "crt",
    "cs",
    "css",
    "csv",
    "dat",
    "db",
    "deb",
    "diagcab",
    "dll",
    "dmg",
    "dmp",
    "doc",
    "docm",
    "docx",
    "dot",
    "dotm",
    "drv",
    "dylib",
    "elf",
    "eml",
    "evtx",
    "exe",
    "gif",
    "go",
    "gz",
    "hta",
    "htm",
    "html",
    "ico",
    "img",
    "inf",
    "ini",
    "ins",
    "iso",
    "jar",
    "java",
    "jpeg",
    "jpg",
    "js",
    "jse",
    "json",
    "jsp",
    "jspx",
    "kdbx",
    "key",
    "lnk",
    "log",
    "lua",
    "lz",
    "manifest",
    "md",
    "mdb",
    "mof",
    "msc",
    "msg",
    "msh",
    "msi",
    "msix",
    "msp",
    "mst",
    "nsi",
    "ocx",
    "odt",
    "one",
    "ovf",
    "pcap",
    "pcapng",
    "pdb",
    "pdf",
    "pem",
    "pfx",
    "php",
    "pif",
    "pl",
    "plist",
    "png",
    "pot",
    "ppam",
    "pps",
    "ppt",
    "pptm",
    "pptx",
    "properties",
    "ps1",
    "psd1",
    "psm1",
    "pst",
    "pub",
    "py",
    "pyc",
    "rar",
    "rb",
    "reg",
    "rpm",
    "rtf",
    "scr",
    "sct",
    "settingcontent-ms",
    "sh",
    "shs",
    "slk",
    "so",
    "sql",
    "sqlite",
    "swf",
    "sys",
    "tar",
    "tgz",
    "theme",
    "tlb",
    "tmp",
    "ts",
    "txt",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "vmdk",
    "war",
    "wasm",
    "wim",
    "winmd",
    "wll",
    "ws",
    "wsc",
    "wsf",
    "wsh",
    "xhtml",
    "xla",
    "xlam",
    "xll",
    "xls",
    "xlsb",
    "xlsm",
    "xlsx",
    "xml",
    "xsl",
    "xz",
    "yaml",
    "yml",
    "zip",
    "zst",
];

/// Directories with blanks in their names.
const BLANK_DIRS: &[&str] = &[
    "Program Files (x86)",
    "Program Files",
    "Documents and Settings",
    "Common Files",
    "Start Menu",
    "Application Data",
    "Local Settings",
    "All Users",
    "Default User",
    "Windows Defender",
    "Windows NT",
    "Internet Explorer",
    "Microsoft Office",
    "Windows Media Player",
    "Windows Mail",
    "User Data",
    "System Volume Information",
    "Temporary Internet Files",
    "My Documents",
    "Microsoft Shared",
    "Windows Kits",
    "Microsoft SDKs",
    "Microsoft Visual Studio",
    "Reference Assemblies",
    "Microsoft Monitoring Agent",
    "Windows Photo Viewer",
    "Google Drive",
];

/// First directories of absolute Unix paths.
const ROOTS: &[&str] = &[
    "Applications",
    "Library",
    "System",
    "Users",
    "Volumes",
    "bin",
    "boot",
    "data",
    "dev",
    "etc",
    "home",
    "lib",
    "lib32",
    "lib64",
    "media",
    "mnt",
    "opt",
    "private",
    "proc",
    "root",
    "run",
    "sbin",
    "snap",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
];

fn is_extension(ext: &str) -> bool {
    let mut lower = [0u8; 20];
    let Some(buffer) = lower.get_mut(..ext.len()) else { return false };
    buffer.copy_from_slice(ext.as_bytes());
    buffer.make_ascii_lowercase();
    std::str::from_utf8(buffer).is_ok_and(|ext| EXTENSIONS.binary_search(&ext).is_ok())
}

impl<'t> Scanner<'t, '_> {
    fn is_whole(&self) -> bool {
        self.trust != Trust::Text
    }

    /// The quote around what begins at `start`.
    fn quote(&self, start: usize) -> Option<u8> {
        Some(before(self.bytes, start)).filter(|quote| matches!(quote, b'"' | b'\'' | b'`'))
    }

    /// `C:\...` that begins with the letter at `start`.
    pub(super) fn drive_path(&mut self, start: usize) -> Option<usize> {
        let letter = at(self.bytes, start).is_ascii_alphabetic() && !is_word(before(self.bytes, start));
        let slash = at(self.bytes, start + 2);
        if !self.wants(IocType::WindowsPath) || !letter || (slash == b'/' && at(self.bytes, start + 3) == b'/') {
            return None;
        }
        self.windows_path(start, start + 2)
    }

    /// `\\server\share...` that begins with the backslash at `start`; also with every backslash doubled.
    pub(super) fn unc_path(&mut self, start: usize) -> Option<usize> {
        let slashes = run_end(self.bytes, start, 5, |b| b == b'\\') - start;
        let prior = before(self.bytes, start);
        if !self.wants(IocType::WindowsPath)
            || !(slashes == 2 || slashes == 4)
            || prior.is_ascii_alphanumeric()
            || matches!(prior, b'\\' | b':' | b'.' | b'$' | b'_')
        {
            return Some(start + slashes);
        }
        let server = start + slashes;
        let is_device = matches!(at(self.bytes, server), b'?' | b'.') && at(self.bytes, server + 1) == b'\\';
        let name = run_end(self.bytes, server, 253, |b| is_word(b) || matches!(b, b'.' | b'@' | b'$' | b':' | b'?'));
        if name == server || (!is_device && !is_word(at(self.bytes, server))) || at(self.bytes, name) != b'\\' {
            return Some(server);
        }
        // The server's name may be an indicator: it is read again by itself.
        self.windows_path(start, name)?;
        Some(server)
    }

    /// `%APPDATA%\...` that begins with the percent sign at `start`.
    pub(super) fn variable_path(&mut self, start: usize) -> Option<usize> {
        if !self.wants(IocType::WindowsPath) {
            return None;
        }
        let name = run_end(self.bytes, start + 1, 32, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'(' | b')'));
        if name < start + 4 || at(self.bytes, name) != b'%' || at(self.bytes, name + 1) != b'\\' {
            return None;
        }
        self.windows_path(start, name + 1)
    }

    /// Reads on from the separator at `from`.
    fn windows_path(&mut self, start: usize, from: usize) -> Option<usize> {
        if start < self.path_end {
            return None;
        }
        let end = self.windows_end(start, from);
        let raw = self.slice(start, end);
        let tail = self.slice(from, end).trim_matches(['\\', '/']);
        if tail.is_empty() {
            return None;
        }
        let head = if raw.starts_with("\\\\") { if raw.starts_with("\\\\\\\\") { 4 } else { 2 } } else { 0 };
        let doubled = slice(raw, head, raw.len()).contains("\\\\") || head == 4;
        let value = if doubled {
            let body = slice(raw, head, raw.len()).replace("\\\\", "\\");
            Cow::Owned(if head > 0 { format!("\\\\{body}") } else { body })
        } else {
            Cow::Borrowed(raw)
        };
        self.emit(IocType::WindowsPath, start, end, value);
        self.path_end = end;
        // Digests and file names inside are read as well.
        Some(from + 1)
    }

    fn windows_end(&self, start: usize, from: usize) -> usize {
        let quote = self.quote(start);
        let limit = (start + LONGEST).min(self.bytes.len());
        let mut i = from;
        // A blank that was looked beyond is inside a name up to here.
        let mut known = from;
        while i < limit {
            match at(self.bytes, i) {
                byte if Some(byte) == quote => break,
                0..=0x1f | b'"' | b'<' | b'>' | b'|' | b'*' | b'?' if i > from + 2 || at(self.bytes, i) != b'?' => break,
                b':' if i > from + 6 || !self.slice(start, i).starts_with("\\\\?\\") => {
                    // An alternate data stream: `file.txt:evil.exe`.
                    let stream = is_word(at(self.bytes, i + 1))
                        && before(self.bytes, i).is_ascii_alphanumeric()
                        && self.ends_in_extension(from, i)
                        && !at(self.bytes, i + 1).is_ascii_digit();
                    if !stream {
                        break;
                    }
                }
                b'/' if i > from && at(self.bytes, from) == b'\\' => break,
                b' ' if quote.is_none() && !self.is_whole() && i >= known => match self.name_goes_on(from, i) {
                    Some(to) => known = to,
                    None => break,
                },
                b',' | b';' | b'\'' | b'`' | b'=' | b'&' if quote.is_none() && !self.is_whole() => break,
                b')' | b']' | b'}' if quote.is_none() && !self.is_whole() && !self.opened(from, i) => break,
                _ => {}
            }
            i += 1;
        }
        while !self.text.is_char_boundary(i) {
            i -= 1;
        }
        let path = self.slice(from, i);
        let trimmed = if quote.is_some() { path.trim_end_matches(' ') } else { path.trim_end_matches(['.', ',', ';', ' ', '!', '?', ':']) };
        from + trimmed.len()
    }

    fn opened(&self, from: usize, i: usize) -> bool {
        let open = match at(self.bytes, i) {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        self.bytes.get(from.max(i.saturating_sub(64))..i).is_some_and(|b| b.contains(&open))
    }

    fn ends_in_extension(&self, from: usize, i: usize) -> bool {
        let name = self.slice(from.max(i.saturating_sub(24)), i);
        name.rsplit_once('.').is_some_and(|(_, ext)| is_extension(ext))
    }

    /// Whether the name that holds the blank at `blank` goes on, and up to where that is known: into a known directory, or up to a
    /// backslash or a known extension.
    fn name_goes_on(&self, from: usize, blank: usize) -> Option<usize> {
        if matches!(before(self.bytes, blank), b'\\' | b' ' | b'/') || self.ends_in_extension(from, blank) {
            return None;
        }
        let longest = BLANK_DIRS.iter().map(|name| name.len()).max().unwrap_or(0);
        let back = self.bytes.get(from..blank)?.iter().rev().take(longest).position(|b| *b == b'\\');
        let dir = back.map(|back| blank - back).and_then(|begin| {
            let known = |name: &&&str| slice(self.text, begin, begin + name.len()).eq_ignore_ascii_case(name);
            BLANK_DIRS.iter().find(known).map(|name| begin + name.len()).filter(|end| *end > blank)
        });
        if dir.is_some() {
            return dir;
        }
        let mut blanks = 0;
        let mut dot = None;
        for i in blank..(blank + LOOK_AHEAD).min(self.bytes.len() + 1) {
            let byte = at(self.bytes, i);
            if is_word(byte) || matches!(byte, b'(' | b')' | b'+' | b'&' | b'~' | b'!' | b'#' | b'$' | b'@' | b'\'') && i < self.bytes.len()
            {
                continue;
            }
            if let Some(dot) = dot.take() {
                if is_extension(self.slice(dot, i)) {
                    return Some(i);
                }
            }
            match byte {
                b'.' => dot = Some(i + 1),
                b' ' => {
                    blanks += 1;
                    if blanks > MAX_BLANKS || (i > blank && before(self.bytes, i) == b' ') {
                        return None;
                    }
                }
                b'\\' => return (before(self.bytes, i) != b' ').then_some(i),
                _ => return None,
            }
        }
        None
    }

    /// `/usr/bin/curl`, `~/.ssh/id_rsa`.
    pub(super) fn linux_path(&mut self, start: usize) -> Option<usize> {
        if !self.wants(IocType::LinuxPath) || self.open_urls.first().is_some_and(|end| start < *end) {
            return None;
        }
        let prior = before(self.bytes, start);
        let home = at(self.bytes, start) == b'~';
        if is_word(prior)
            || matches!(prior, b'/' | b'.' | b'\\' | b')' | b']' | b'}' | b'*' | b'~' | b'$' | b'%')
            || (home && at(self.bytes, start + 1) != b'/')
        {
            return None;
        }
        let first = start + 1 + usize::from(home);
        if !(is_word(at(self.bytes, first)) || at(self.bytes, first) == b'.')
            || at(self.bytes, first + 1) == b'/' && at(self.bytes, first + 2) == b'/'
        {
            return None;
        }
        let quote = self.quote(start);
        let mut end = start;
        while end < (start + LONGEST).min(self.bytes.len()) {
            let byte = at(self.bytes, end);
            let goes_on = match byte {
                b' ' => before(self.bytes, end) == b'\\' || quote.is_some() || self.is_whole(),
                b'\\' => at(self.bytes, end + 1) == b' ',
                b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b':' | b'=' | b'&' | b'#' => quote.is_some() || self.is_whole(),
                _ => byte > b' ' && byte != 0x7f && !matches!(byte, b';' | b'|' | b'<' | b'>' | b'"' | b'\'' | b'`' | b'*' | b'?' | b'$'),
            };
            if !goes_on || Some(byte) == quote {
                break;
            }
            end += 1;
        }
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let raw = self.slice(start, end).trim_end_matches(['.', ' ', ',', ':', '!', '\\']);
        let end = start + raw.len();
        let inner = slice(raw, 1 + usize::from(home), raw.len());
        let mut parts = inner.split('/').filter(|part| !part.is_empty());
        let root = parts.next()?;
        let known = home || ROOTS.contains(&root);
        let deep = parts.next().is_some();
        if raw.contains("//") && !known || !(deep || (known && ROOTS.contains(&root) && self.is_whole())) && !home {
            return None;
        }
        if !known && is_http_method(self.text, start) {
            return None;
        }
        self.emit(IocType::LinuxPath, start, end, Cow::Borrowed(raw));
        // Names inside are read as well.
        Some(start + 1)
    }

    /// `evil.exe`, `invoice.pdf.exe`: a dotted run with a known extension.
    pub(super) fn file_name(&mut self, run: &Dotted) {
        let ext = self.slice(run.last, run.end);
        let free = !matches!(at(self.bytes, run.end), b'(' | b'@') && before(self.bytes, run.start) != b'@';
        if free && run.end - run.start <= 255 && is_extension(ext) && (!self.in_host(run.start)) {
            let raw = self.slice(run.start, run.end);
            self.emit(IocType::FileName, run.start, run.end, Cow::Borrowed(raw));
        }
    }

    fn in_host(&self, start: usize) -> bool {
        start < self.floor
    }
}

/// `GET /index.php/x`: the path of a request.
fn is_http_method(text: &str, start: usize) -> bool {
    let head = slice(text, start.saturating_sub(8), start);
    ["GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT "].iter().any(|method| head.ends_with(method))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_sorted() {
        assert!(EXTENSIONS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
