//! Formats whose lines stand alone: a kernel of one line makes their rows.

use super::texts::{Common, Texts, layout};
use crate::batch::{Batch, Wanted};
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::json::Layout;
use crate::{Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::column::{Column, Data, SqlValue};
use huntsql_kernels::kernel::ScalarKernel;
use huntsql_kernels::options::Options;
use huntsql_kernels::spec::Spec;
use huntsql_kernels::types::SqlType;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

/// A kernel of one line.
pub(crate) trait OneLine: for<'a> ScalarKernel<Args<'a> = (&'a str,)> {}
impl<K: for<'a> ScalarKernel<Args<'a> = (&'a str,)>> OneLine for K {}

/// The options of the kernel of a format.
pub(crate) type LineKernel<F> = <<F as LineFormat>::Kernel as ScalarKernel>::Options;

/// A format whose lines stand alone.
pub(crate) trait LineFormat: Send + Sync + 'static {
    /// Name and documentation.
    const SPEC: Spec;
    /// Makes a struct, or a list of structs, of a line; their fields are the columns.
    type Kernel: OneLine;
    /// The options of the reader.
    type Options: Options;
    /// Whether the texts are JSON values, which may run over lines.
    const IS_JSON: bool = false;
    /// The column that holds the text as it is, where the kernel may make nothing of it.
    const RAW: Option<Raw>;

    /// What every reader of text takes.
    fn common(options: &Self::Options) -> Common;
    /// The options of the kernel for a file.
    fn kernel(options: &Self::Options, source: &Source) -> LineKernel<Self>;
}

/// A column for the text as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Raw {
    /// `line`: always there.
    Line,
    /// `unparsed`: there only where the kernel made nothing of the text.
    Unparsed,
}

impl Raw {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Unparsed => "unparsed",
        }
    }
}

/// A [`LineFormat`] as a format.
pub(crate) struct Lines<F>(PhantomData<fn() -> F>);

/// The fields of a line's rows.
const fn fields<F: LineFormat>() -> &'static [(&'static str, SqlType)] {
    match <<F::Kernel as ScalarKernel>::Out<'static> as SqlValue>::TYPE {
        SqlType::Struct(fields) => fields,
        SqlType::List(SqlType::Struct(fields)) => fields,
        _ => &[],
    }
}

impl<F: LineFormat> LogFormat for Lines<F> {
    const SPEC: Spec = F::SPEC;
    const COLUMNS: &'static [(&'static str, SqlType)] = fields::<F>();
    const HAS_LINES: bool = true;
    type Options = F::Options;
    /// For each file by its name.
    type Layout = HashMap<Arc<str>, Layout>;

    fn encoding(options: &F::Options) -> Option<&'static Encoding> {
        F::common(options).encoding
    }

    fn look(_: &F::Options, sources: &[Arc<Source>], control: &Control) -> Result<(Vec<LogColumn>, Self::Layout)> {
        let mut columns: Vec<LogColumn> = Self::COLUMNS.iter().map(|(name, ty)| LogColumn { name: (*name).to_owned(), ty: *ty }).collect();
        columns.extend(F::RAW.map(|raw| LogColumn { name: raw.name().to_owned(), ty: SqlType::Text }));
        let layout = |source: &Arc<Source>| {
            let layout = if F::IS_JSON { layout(source, control)? } else { Layout::Lines };
            Ok((Arc::clone(&source.name), layout))
        };
        Ok((columns, sources.iter().map(layout).collect::<Result<_>>()?))
    }

    fn pieces(layouts: &Self::Layout, source: &Arc<Source>, count: usize) -> Vec<Piece> {
        match layouts.get(&source.name) {
            Some(Layout::Stream) => vec![Piece::whole(Arc::clone(source))],
            _ => Piece::split(source, count),
        }
    }

    fn scan(
        piece: &Piece,
        layouts: &Arc<Self::Layout>,
        options: &Arc<F::Options>,
        wanted: &Wanted,
        control: &Control,
    ) -> Result<Box<dyn LogScan>> {
        let fields: Vec<bool> = (0..Self::COLUMNS.len()).map(|index| wanted.has(index)).collect();
        let layout = layouts.get(&piece.source.name).copied().unwrap_or(Layout::Lines);
        Ok(Box::new(LineScan::<F> {
            texts: Texts::open(piece, layout, F::common(options), control)?,
            options: F::kernel(options, &piece.source),
            scratch: <F::Kernel as ScalarKernel>::Scratch::default(),
            parses: LineScan::<F>::IS_LIST || F::RAW == Some(Raw::Unparsed) && wanted.has(fields.len()) || fields.contains(&true),
            fields,
        }))
    }
}

struct LineScan<F: LineFormat> {
    texts: Texts,
    options: LineKernel<F>,
    scratch: <F::Kernel as ScalarKernel>::Scratch,
    /// Which fields are wanted.
    fields: Vec<bool>,
    /// Whether anything that the kernel makes is wanted.
    parses: bool,
}

impl<F: LineFormat> LineScan<F> {
    /// Whether a text can be several rows, or none.
    const IS_LIST: bool = matches!(<<F::Kernel as ScalarKernel>::Out<'static> as SqlValue>::TYPE, SqlType::List(_));
}

impl<F: LineFormat> LogScan for LineScan<F> {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        let ty = <<F::Kernel as ScalarKernel>::Out<'static> as SqlValue>::TYPE;
        let mut made = if Self::IS_LIST { Column::new(&ty) } else { Column::of_fields(&ty, Some(&self.fields)) };
        let mut more = true;
        while !batch.is_full() {
            let Some((text, line)) = self.texts.next()? else {
                more = false;
                break;
            };
            if text.trim_ascii().is_empty() {
                continue;
            }
            let before = elements(&made);
            let mut parsed = true;
            if self.parses {
                match F::Kernel::eval(&mut self.scratch, &self.options, (text,))? {
                    Some(out) => out.write(&mut made),
                    None => {
                        parsed = false;
                        if Self::IS_LIST { made.push_null_element() } else { made.push_null() }
                    }
                }
            }
            let rows = if Self::IS_LIST { elements(&made) - before } else { 1 };
            for _ in 0..rows {
                if let Some(raw) = F::RAW
                    && let Some(column) = batch.column(self.fields.len())
                {
                    (raw == Raw::Line || !parsed).then_some(text).write(column);
                }
                batch.end_row(line, text.len());
            }
        }
        if let Data::Struct(columns) = flat(made).into_parts().2 {
            batch.put(columns);
        }
        Ok(more)
    }
}

fn elements(column: &Column) -> usize {
    match column.data() {
        Data::List { child, .. } => child.len(),
        _ => column.len(),
    }
}

/// The structs of a list, or the column itself.
fn flat(column: Column) -> Column {
    if !matches!(column.data(), Data::List { .. }) {
        return column;
    }
    match column.into_parts().2 {
        Data::List { child, .. } => *child,
        _ => Column::new(&SqlType::Struct(&[])),
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::reader;
    use crate::{Control, FileEntry, Place};
    use huntsql_kernels::column::{Column, Data};
    use huntsql_kernels::options::Value;

    /// All rows of `bytes`, in batches of `most`, cut into about `count` pieces.
    fn read(bytes: Vec<u8>, wanted: &[usize], most: usize) -> Result<(Vec<Column>, usize), String> {
        let entry = FileEntry { name: "x".to_owned(), path: "x".into(), size: bytes.len() as u64, modified: None, found: false };
        let log = reader("read_syslog").unwrap().open(vec![(entry, Place::Memory(bytes.into()))], &Value::Null, &Control::default());
        let log = log.map_err(|error| error.to_string())?;
        let mut rows = 0;
        let mut first = Vec::new();
        for piece in log.pieces(4) {
            let mut scan = log.scan(&piece, wanted, &Control::default()).map_err(|error| error.to_string())?;
            while let Some((columns, more)) = scan.next(most).map_err(|error| error.to_string())? {
                assert!(more <= most && columns.len() == wanted.len() && columns.iter().all(|column| column.len() == more));
                rows += more;
                if first.is_empty() {
                    first = columns;
                }
            }
        }
        Ok((first, rows))
    }

    #[test]
    fn hostile_lines() {
        let long = format!("Oct 11 22:14:15 h app: {}\n", "x".repeat(1 << 20));
        let nested = format!("<13>1 - - - - - {}\n", "[a@1 b=\"".repeat(10_000));
        for text in ["", "\n", "\r\n\r\n", "\0", "\u{feff}", &long, &nested, &long[..long.len() - 1]] {
            let lines = text.lines().filter(|line| !line.trim_ascii().is_empty() && *line != "\u{feff}").count();
            let all: Vec<usize> = (0..14).collect();
            assert_eq!(read(text.as_bytes().to_vec(), &all, 3).unwrap().1, lines, "{:?}", text.get(..20.min(text.len())));
        }
        // A message, the file and the line, in another order than the columns'.
        let (columns, rows) = read(b"<13>a\n\n<13>b\n".to_vec(), &[13, 4, 12], 8).unwrap();
        assert_eq!(rows, 2);
        assert!(matches!(columns[0].data(), Data::Int(lines) if lines == &[1, 3]));
        assert!(matches!(columns[1].data(), Data::Text { bytes, .. } if bytes == b"ab"));
        assert!(matches!(columns[2].data(), Data::Text { bytes, .. } if bytes == b"xx"));
        assert_eq!(read(b"a\nb\n".to_vec(), &[], 1).unwrap().1, 2, "rows without columns");
    }
}
