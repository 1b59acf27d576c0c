//! A folder of files and a session that queries them.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "for tests, each of which uses its own part")]

use datafusion::arrow::array::Array;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use huntsql_datafusion::error::Error;
use huntsql_datafusion::session::HuntSession;
use std::io::Write;
use std::path::PathBuf;

pub(crate) struct Folder {
    folder: tempfile::TempDir,
    pub(crate) session: HuntSession,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let mut config = HuntSession::config();
        config.options_mut().execution.target_partitions = 3.try_into().unwrap();
        Self { folder: tempfile::tempdir().unwrap(), session: HuntSession::with_config(config).unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub(crate) fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// `{}/` is the folder.
    pub(crate) fn fill(&self, sql: &str) -> String {
        sql.replace("{}/", &format!("{}/", self.folder.path().display()))
    }

    pub(crate) async fn rows(&self, sql: &str) -> Result<String, Error> {
        rows(&self.session, &self.fill(sql)).await
    }

    pub(crate) async fn run(&self, sql: &str) {
        if let Err(error) = self.rows(sql).await {
            panic!("{sql}: {error}");
        }
    }

    pub(crate) async fn is(&self, sql: &str, expected: &str) {
        match self.rows(sql).await {
            Ok(rows) => assert_eq!(rows, expected, "{sql}"),
            Err(error) => panic!("{sql}: {error}"),
        }
    }

    pub(crate) async fn fails(&self, sql: &str, expected: &str) {
        match self.rows(sql).await {
            Ok(rows) => panic!("{sql}: {rows}"),
            Err(error) => assert!(error.to_string().contains(expected), "{sql}\n  {error}\n  {expected}"),
        }
    }
}

/// Rows as lines, columns joined by a bar.
pub(crate) async fn rows(session: &HuntSession, sql: &str) -> Result<String, Error> {
    let batches = session.sql(sql).await?.collect().await.map_err(|error| session.explain(error))?;
    let options = FormatOptions::default().with_null("NULL");
    let mut lines = Vec::new();
    for batch in batches {
        let columns: Vec<ArrayFormatter<'_>> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = columns
                .iter()
                .zip(batch.columns())
                .map(|(formatter, column)| if column.is_null(row) { "NULL".to_owned() } else { formatter.value(row).to_string() })
                .collect();
            lines.push(cells.join("|"));
        }
    }
    Ok(lines.join("\n"))
}

pub(crate) async fn header(session: &HuntSession, sql: &str) -> String {
    let frame = session.sql(sql).await.unwrap();
    frame.schema().fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(",")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}
