//! Formats whose lines stand alone: a kernel of one line makes their rows.

use crate::batch::{Batch, Wanted};
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::{Block, BlockOptions, Blocks, Error, Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::column::{Column, Data, SqlValue};
use huntsql_kernels::kernel::ScalarKernel;
use huntsql_kernels::nearest::hint;
use huntsql_kernels::options::{OptionField, OptionKind, Options, Setting};
use huntsql_kernels::spec::Spec;
use huntsql_kernels::types::SqlType;
use std::marker::PhantomData;
use std::sync::Arc;

/// Longest line unless an option says otherwise: 256 MiB.
const LONGEST: usize = 256 << 20;

/// What every reader of text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Common {
    /// `None`: by byte order mark and content.
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) longest: usize,
}

impl Default for Common {
    fn default() -> Self {
        Self { encoding: None, longest: LONGEST }
    }
}

pub(crate) const ENCODING: OptionField = OptionField {
    name: "encoding",
    kind: OptionKind::Text,
    default: "'auto'",
    doc: "`'auto'` (byte order mark, then content), or a label of the WHATWG Encoding Standard such as `'utf-16le'`, `'windows-1252'`.",
};
pub(crate) const MAX_LINE: OptionField = OptionField {
    name: "max_line_bytes",
    kind: OptionKind::Int(1, 1 << 30),
    default: "268435456",
    doc: "Longest line; a longer one is an error.",
};

impl Common {
    /// Takes one of the options above; false for others.
    pub(crate) fn set(&mut self, name: &str, setting: &Setting) -> Result<bool, String> {
        match (name, setting) {
            ("encoding", Setting::Text(label)) if label.eq_ignore_ascii_case("auto") => self.encoding = None,
            ("encoding", Setting::Text(label)) => {
                let known = ["auto", "utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-1", "shift_jis", "gbk"];
                let encoding = Encoding::for_label(label.as_bytes());
                self.encoding =
                    Some(encoding.ok_or_else(|| format!("names no known encoding '{}'{}", label.escape_debug(), hint(label, known)))?);
            }
            ("max_line_bytes", Setting::Int(bytes)) => self.longest = usize::try_from(*bytes).unwrap_or(LONGEST),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The lines of a part of a file, without their ends. Invalid bytes are replaced and counted.
pub(crate) struct TextLines {
    blocks: Blocks,
    block: Option<Block>,
    at: usize,
    number: u64,
    longest: usize,
    file: Arc<str>,
}

impl TextLines {
    pub(crate) fn open(piece: &Piece, common: Common, control: &Control) -> Result<Self> {
        let options = BlockOptions {
            by_line: true,
            lossy: true,
            max_line: common.longest,
            tally: Arc::clone(&control.tally),
            cancel: Arc::clone(&control.cancel),
        };
        let (longest, file) = (common.longest, Arc::clone(&piece.source.name));
        Ok(Self { blocks: Blocks::open(piece, &options)?, block: None, at: 0, number: 0, longest, file })
    }

    /// The next line and its number; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(&str, u64)>> {
        while self.block.as_ref().is_none_or(|block| self.at >= block.text.len()) {
            let Some(block) = self.blocks.next()? else { return Ok(None) };
            (self.at, self.number) = (0, block.first_line);
            self.block = Some(block);
        }
        let Some(rest) = self.block.as_ref().and_then(|block| block.text.get(self.at..)) else { return Ok(None) };
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        let number = self.number;
        self.at += end + 1;
        self.number += 1;
        if line.len() > self.longest {
            let problem = format!("the line is longer than {} bytes; raise max_line_bytes to read it", self.longest);
            return Err(Error::BadLine { path: self.file.to_string(), line: number, problem });
        }
        Ok(Some((line.strip_suffix('\r').unwrap_or(line), number)))
    }
}

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
    /// Whether a column `line` holds the line as it is, where the kernel may make nothing of it.
    const KEEPS_LINE: bool;

    /// What every reader of text takes.
    fn common(options: &Self::Options) -> Common;
    /// The options of the kernel for a file.
    fn kernel(options: &Self::Options, source: &Source) -> LineKernel<Self>;
}

/// A [`LineFormat`] as a format.
pub(crate) struct Lines<F>(PhantomData<fn() -> F>);

/// The fields of a line's rows.
const fn fields<F: LineFormat>() -> &'static [(&'static str, SqlType)] {
    match <<F::Kernel as ScalarKernel>::Out<'static> as SqlValue>::TYPE {
        SqlType::Struct(fields) => fields,
        SqlType::List(element) => match element {
            SqlType::Struct(fields) => fields,
            _ => &[],
        },
        _ => &[],
    }
}

/// Name of the column that holds the line as it is.
const RAW: &str = "line";

impl<F: LineFormat> LogFormat for Lines<F> {
    const SPEC: Spec = F::SPEC;
    const COLUMNS: &'static [(&'static str, SqlType)] = fields::<F>();
    const HAS_LINES: bool = true;
    type Options = F::Options;
    type Layout = ();

    fn encoding(options: &F::Options) -> Option<&'static Encoding> {
        F::common(options).encoding
    }

    fn look(_: &F::Options, _: &[Arc<Source>], _: &Control) -> Result<(Vec<LogColumn>, ())> {
        let mut columns: Vec<LogColumn> = Self::COLUMNS.iter().map(|(name, ty)| LogColumn { name: (*name).to_owned(), ty: *ty }).collect();
        if F::KEEPS_LINE {
            columns.push(LogColumn { name: RAW.to_owned(), ty: SqlType::Text });
        }
        Ok((columns, ()))
    }

    fn pieces((): &(), source: &Arc<Source>, count: usize) -> Vec<Piece> {
        Piece::split(source, count)
    }

    fn scan(piece: &Piece, _: &Arc<()>, options: &Arc<F::Options>, wanted: &Wanted, control: &Control) -> Result<Box<dyn LogScan>> {
        Ok(Box::new(LineScan::<F> {
            lines: TextLines::open(piece, F::common(options), control)?,
            options: F::kernel(options, &piece.source),
            scratch: <F::Kernel as ScalarKernel>::Scratch::default(),
            parses: (0..Self::COLUMNS.len()).any(|index| wanted.has(index)),
        }))
    }
}

struct LineScan<F: LineFormat> {
    lines: TextLines,
    options: LineKernel<F>,
    scratch: <F::Kernel as ScalarKernel>::Scratch,
    /// Whether anything that the kernel makes is wanted.
    parses: bool,
}

impl<F: LineFormat> LineScan<F> {
    /// Whether a line can be several rows, or none.
    const IS_LIST: bool = matches!(<<F::Kernel as ScalarKernel>::Out<'static> as SqlValue>::TYPE, SqlType::List(_));
}

impl<F: LineFormat> LogScan for LineScan<F> {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        let mut made = Column::new(&<<F::Kernel as ScalarKernel>::Out<'static> as SqlValue>::TYPE);
        let mut more = true;
        while !batch.is_full() {
            let Some((line, number)) = self.lines.next()? else {
                more = false;
                break;
            };
            if line.trim_ascii().is_empty() {
                continue;
            }
            if !self.parses && !Self::IS_LIST {
                finish_row::<F>(batch, line, number);
                continue;
            }
            let before = elements(&made);
            match F::Kernel::eval(&mut self.scratch, &self.options, (line,))? {
                Some(out) => out.write(&mut made),
                None if Self::IS_LIST => made.push_null_element(),
                None => made.push_null(),
            }
            let rows = if Self::IS_LIST { elements(&made) - before } else { 1 };
            (0..rows).for_each(|_| finish_row::<F>(batch, line, number));
        }
        if let Data::Struct(columns) = flat(made).into_parts().2 {
            batch.put(columns);
        }
        Ok(more)
    }
}

fn finish_row<F: LineFormat>(batch: &mut Batch, line: &str, number: u64) {
    if F::KEEPS_LINE
        && let Some(raw) = batch.column(fields::<F>().len())
    {
        line.write(raw);
    }
    batch.end_row(number, line.len());
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
