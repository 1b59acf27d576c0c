//! Files as tables: Parquet, JSON, CSV and text lines, found by path, folder or pattern.

mod columns;
mod csv;
mod decode;
mod json;
mod options;
mod parquet;
mod reader;
mod scan;
mod shape;
mod sniff;
mod table;
mod text;
mod union;

pub use decode::Extras;
pub use huntsql_readers::{FileEntry, Lister, LocalFiles, Stdin, Warnings};
pub use options::{CsvOptions, JsonOptions, ParquetOptions, Reader, TextOptions};
pub(crate) use table::CancelOnDrop;
pub use table::{Context, FileRequest, Fingerprint, FirstPass, Opened, open_files};
