//! File names, by their extension. Off by default, as paths are: logs are full of them.

use super::chars::{at, before};
use super::dotted::Dotted;
use super::{IocType, Scanner};
use std::borrow::Cow;

/// Extensions of files that matter to a hunt; sorted.
#[rustfmt::skip]
const EXTENSIONS: &[&str] = &[
    "7z", "a3x", "aac", "ade", "apk", "app", "appx", "asp", "aspx", "bak", "bash", "bat", "bin", "bmp", "bz2", "c",
    "cab", "cfg", "chm", "class", "cmd", "conf", "cpl", "cpp", "crt", "cs", "css", "csv", "dat", "db", "deb", "diagcab",
    "dll", "dmg", "dmp", "doc", "docm", "docx", "dot", "dotm", "drv", "dylib", "elf", "eml", "evtx", "exe", "gif", "go",
    "gz", "hta", "htm", "html", "ico", "img", "inf", "ini", "ins", "iso", "jar", "java", "jpeg", "jpg", "js", "jse",
    "json", "jsp", "jspx", "kdbx", "key", "lnk", "log", "lua", "lz", "manifest", "md", "mdb", "mof", "msc", "msg",
    "msh", "msi", "msix", "msp", "mst", "nsi", "ocx", "odt", "one", "ovf", "pcap", "pcapng", "pdb", "pdf", "pem", "pfx",
    "php", "pif", "pl", "plist", "png", "pot", "ppam", "pps", "ppt", "pptm", "pptx", "properties", "ps1", "psd1",
    "psm1", "pst", "pub", "py", "pyc", "rar", "rb", "reg", "rpm", "rtf", "scr", "sct", "settingcontent-ms", "sh", "shs",
    "slk", "so", "sql", "sqlite", "swf", "sys", "tar", "tgz", "theme", "tlb", "tmp", "ts", "txt", "url", "vb", "vbe",
    "vbs", "vhd", "vhdx", "vmdk", "war", "wasm", "wim", "winmd", "wll", "ws", "wsc", "wsf", "wsh", "xhtml", "xla",
    "xlam", "xll", "xls", "xlsb", "xlsm", "xlsx", "xml", "xsl", "xz", "yaml", "yml", "zip", "zst",
];

/// Whether a file with this extension matters to a hunt.
pub(crate) fn is_extension(ext: &str) -> bool {
    let mut lower = [0u8; 20];
    let Some(buffer) = lower.get_mut(..ext.len()) else { return false };
    buffer.copy_from_slice(ext.as_bytes());
    buffer.make_ascii_lowercase();
    std::str::from_utf8(buffer).is_ok_and(|ext| EXTENSIONS.binary_search(&ext).is_ok())
}

impl Scanner<'_, '_> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_sorted() {
        assert!(EXTENSIONS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
