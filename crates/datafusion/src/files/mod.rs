//! Files as tables: Parquet, JSON, CSV and text lines, found by path, folder or pattern.

mod blocks;
mod columns;
mod csv;
mod decode;
mod json;
mod listing;
mod open;
mod options;
mod parquet;
mod reader;
mod scan;
mod shape;
mod sniff;
mod stdin;
mod table;
mod text;
mod union;
mod warnings;

pub use decode::Extras;
pub use listing::{FileEntry, Lister, LocalFiles};
pub use options::{CsvOptions, JsonOptions, ParquetOptions, Reader, TextOptions};
pub use stdin::Stdin;
pub use table::{Context, FileRequest, Fingerprint, FirstPass, Opened, open_files};
pub use warnings::Warnings;
