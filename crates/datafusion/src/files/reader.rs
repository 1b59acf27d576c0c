//! One file that is read row by row: its format, found out in a first pass over all of it.

use super::csv::{self, CsvFile};
use super::decode::{Emit, Plan};
use super::json;
use super::options::{BadRows, CsvOptions, Reader};
use super::shape::ObjectShape;
use super::sniff::Format;
use super::text;
use huntsql_readers::json::Layout;
use huntsql_readers::{BlockOptions, Cancel, Error, Piece, Result, Source};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// A file whose rows can be read.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    pub(crate) source: Arc<Source>,
    rows: Rows,
}

#[derive(Debug, Clone)]
enum Rows {
    Json(Layout),
    Csv(Box<(CsvFile, CsvOptions)>),
    Text,
}

impl DataFile {
    /// About `count` pieces that can be read by themselves.
    pub(crate) fn pieces(&self, count: usize) -> Vec<Piece> {
        let splittable = match &self.rows {
            Rows::Json(layout) => *layout == Layout::Lines,
            Rows::Csv(csv) => csv.0.line_per_record,
            Rows::Text => true,
        };
        if splittable { Piece::split(&self.source, count) } else { vec![Piece::whole(Arc::clone(&self.source))] }
    }

    /// Decodes a piece into batches.
    pub(crate) fn decode(&self, piece: &Piece, plan: &Plan, emit: &mut Emit<'_>) -> Result<()> {
        match &self.rows {
            Rows::Json(layout) => json::decode(piece, *layout, plan, emit),
            Rows::Csv(csv) => csv::decode(piece, &csv.0, &csv.1, plan, emit),
            Rows::Text => text::decode(piece, plan, emit),
        }
    }
}

/// The first pass over files: their shape as one table.
pub(crate) fn infer(
    sources: Vec<(Arc<Source>, Format)>,
    reader: &Reader,
    threads: usize,
    cancel: &Cancel,
) -> Result<(ObjectShape, Vec<Arc<DataFile>>)> {
    let common = reader.common();
    let options = BlockOptions {
        by_line: true,
        lossy: common.lossy,
        max_line: common.max_line_bytes,
        tally: Arc::default(),
        cancel: Arc::clone(cancel),
    };
    // Large files of lines are inferred in pieces, so that one file uses every thread.
    let mut tasks = Vec::new();
    for (index, (source, format)) in sources.iter().enumerate() {
        match format {
            Format::Json(Layout::Lines) => tasks.extend(Piece::split(source, threads).into_iter().map(|piece| (index, piece))),
            _ => tasks.push((index, Piece::whole(Arc::clone(source)))),
        }
    }
    let csv_options = match reader {
        Reader::Csv(options) => *options,
        _ => CsvOptions::default(),
    };
    let found = parallel(&tasks, threads, |(index, piece)| {
        let Some((_, format)) = sources.get(*index) else { return Err((Error::Internal("no such file".to_owned()), false)) };
        match format {
            Format::Json(layout) => json::infer(piece, *layout, &options, common.bad_rows).map(|shape| (shape, Rows::Json(*layout))),
            Format::Csv(delimiter) => csv::infer(piece, *delimiter, &csv_options, &options)
                .map(|(shape, file)| (shape, Rows::Csv(Box::new((file, csv_options)))))
                .map_err(|error| (error, false)),
            Format::Text | Format::Parquet | Format::Binary(_) => Ok((text::shape(), Rows::Text)),
        }
    });
    let mut table = ObjectShape::default();
    let mut files: Vec<Option<Arc<DataFile>>> = vec![None; sources.len()];
    let mut streamed = std::collections::HashMap::new();
    for ((index, piece), found) in tasks.iter().zip(found) {
        if streamed.contains_key(index) {
            continue;
        }
        let (shape, rows) = match found {
            Ok(found) => found,
            // A value that is cut off at a line end may run over lines: the whole file is tried that way.
            Err((error, true)) if common.bad_rows == BadRows::Error => {
                let whole = Piece::whole(Arc::clone(&piece.source));
                let shape = json::infer(&whole, Layout::Stream, &options, common.bad_rows).map_err(|_| error)?;
                streamed.insert(*index, ());
                (shape, Rows::Json(Layout::Stream))
            }
            Err((error, _)) => return Err(error),
        };
        table.merge(&shape);
        if let Some(file) = files.get_mut(*index) {
            *file = Some(Arc::new(DataFile { source: Arc::clone(&piece.source), rows }));
        }
    }
    Ok((table, files.into_iter().flatten().collect()))
}

/// Runs `work` over `items` on up to `threads` threads; results in the order of the items.
pub(crate) fn parallel<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if threads < 2 || items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(|| {
                while let Some((at, item)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?))) {
                    let result = work(item);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
