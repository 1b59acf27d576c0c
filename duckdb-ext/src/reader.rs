//! A reader of log files as a DuckDB table function.

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::logical_type::LogicalType;
use crate::output;
use crate::value;
use huntsql_kernels::column::Column;
use huntsql_kernels::guard::guard;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::Value;
use huntsql_readers::{BatchScan, Control, LocalFiles, LogReader, OpenLog, Piece, Warnings, find};
use libduckdb_sys as ffi;
use std::ffi::{CString, c_char, c_void};
use std::sync::{Arc, Mutex, PoisonError};

/// Registers `reader` under `name`.
pub(crate) fn register(connection: &Connection, name: &str, reader: &'static dyn LogReader) -> Result<()> {
    let c_name = text(name);
    // SAFETY: the handle is created here, handed to DuckDB (which copies) and destroyed here; the reader is freed by `drop_box`.
    let state = unsafe {
        let mut function = ffi::duckdb_create_table_function();
        ffi::duckdb_table_function_set_name(function, c_name.as_ptr());
        // A path or a list of paths.
        ffi::duckdb_table_function_add_parameter(function, LogicalType::any().raw());
        for option in reader.signature().options {
            // Whatever it is, the reader says what is wrong with it.
            ffi::duckdb_table_function_add_named_parameter(function, text(option.name).as_ptr(), LogicalType::any().raw());
        }
        let extra: Box<&'static dyn LogReader> = Box::new(reader);
        ffi::duckdb_table_function_set_extra_info(function, Box::into_raw(extra).cast(), Some(drop_box::<&'static dyn LogReader>));
        ffi::duckdb_table_function_supports_projection_pushdown(function, true);
        ffi::duckdb_table_function_set_bind(function, Some(bind));
        ffi::duckdb_table_function_set_init(function, Some(init));
        ffi::duckdb_table_function_set_local_init(function, Some(init_local));
        // SAFETY: the two differ in what may pass through them, not in how they are called.
        let read = std::mem::transmute::<Read, unsafe extern "C" fn(_, _)>(read);
        ffi::duckdb_table_function_set_function(function, Some(read));
        let state = ffi::duckdb_register_table_function(connection.raw(), function);
        ffi::duckdb_destroy_table_function(&mut function);
        state
    };
    if state == ffi::DuckDBSuccess { Ok(()) } else { Err(Error::Load(format!("DuckDB refused the table function {name}"))) }
}

/// What the statement reads.
struct Bound {
    log: Arc<dyn OpenLog>,
}

/// What all threads of one scan share.
struct Shared {
    log: Arc<dyn OpenLog>,
    /// For each vector of the output the column that goes there; `None` for what DuckDB asks for and does not read.
    columns: Vec<Option<usize>>,
    left: Mutex<std::vec::IntoIter<Piece>>,
}

/// What a thread is reading.
type Local = Option<BatchScan>;

fn text(text: &str) -> CString {
    CString::new(text.replace('\0', "\\0")).unwrap_or_default()
}

/// # Safety
/// `data` was made by `Box::into_raw` of a `Box<T>` and is freed once.
unsafe extern "C" fn drop_box<T>(data: *mut c_void) {
    // SAFETY: the caller's promise.
    let _ = guard(|| drop(unsafe { Box::from_raw(data.cast::<T>()) }));
}

/// Runs a callback; an error or panic becomes the statement's error.
fn answer<T>(work: impl FnOnce() -> std::result::Result<T, String>, fail: impl FnOnce(*const c_char)) -> Option<T> {
    let report = |what| Err(format!("internal error ({what}); please report this at https://github.com/huntsql/huntsql/issues"));
    match guard(work).unwrap_or_else(report) {
        Ok(value) => Some(value),
        Err(message) => {
            fail(text(&message).as_ptr());
            None
        }
    }
}

unsafe extern "C" fn bind(info: ffi::duckdb_bind_info) {
    // SAFETY: DuckDB calls with a live handle; what is set is freed by `drop_box`.
    unsafe {
        let bound = answer(|| open(info), |message| ffi::duckdb_bind_set_error(info, message));
        if let Some(bound) = bound {
            ffi::duckdb_bind_set_bind_data(info, Box::into_raw(Box::new(bound)).cast(), Some(drop_box::<Bound>));
        }
    }
}

/// # Safety
/// As for [`bind`].
unsafe fn open(info: ffi::duckdb_bind_info) -> std::result::Result<Bound, String> {
    // SAFETY: the extra info is the reader of `register`; values are ours to destroy.
    unsafe {
        let reader: *const &'static dyn LogReader = ffi::duckdb_bind_get_extra_info(info).cast();
        let reader = *reader.as_ref().ok_or("no reader")?;
        let signature = reader.signature();
        let name = signature.spec.name;
        let problem = |given: &Value| format!("{name}: argument 'path' must be a text or a list of texts, got {given}");
        let paths = match value::take(ffi::duckdb_bind_get_parameter(info, 0)) {
            Value::Text(path) => vec![path],
            Value::List(paths) if !paths.is_empty() => {
                let texts = paths.into_iter().map(|path| if let Value::Text(path) = path { Ok(path) } else { Err(problem(&path)) });
                texts.collect::<std::result::Result<_, _>>()?
            }
            other => return Err(problem(&other)),
        };
        let options = signature.options.iter().filter_map(|option| {
            let given = ffi::duckdb_bind_get_named_parameter(info, text(option.name).as_ptr());
            (!given.is_null()).then(|| (option.name.to_owned(), value::take(given)))
        });
        let options = Value::Struct(options.collect());
        let paths = huntsql_catalogue::localize(name, paths, &options, &Interrupt::default())?.paths;
        let files = find(&paths, &LocalFiles, &Warnings::default()).map_err(|error| error.to_string())?;
        let log = reader.open(files, &options, &Control::default()).map_err(|error| error.to_string())?;
        for column in log.columns() {
            ffi::duckdb_bind_add_result_column(info, text(&column.name).as_ptr(), LogicalType::result(&column.ty).raw());
        }
        Ok(Bound { log })
    }
}

unsafe extern "C" fn init(info: ffi::duckdb_init_info) {
    // SAFETY: as for `bind`.
    unsafe {
        let shared = answer(|| share(info), |message| ffi::duckdb_init_set_error(info, message));
        if let Some(shared) = shared {
            ffi::duckdb_init_set_init_data(info, Box::into_raw(Box::new(shared)).cast(), Some(drop_box::<Shared>));
        }
    }
}

/// Parts of each file; more threads than that find nothing to do.
const PIECES: usize = 16;

/// # Safety
/// As for [`init`].
unsafe fn share(info: ffi::duckdb_init_info) -> std::result::Result<Shared, String> {
    // SAFETY: the bind data was set by `bind` and outlives the scan.
    unsafe {
        let bound: *const Bound = ffi::duckdb_init_get_bind_data(info).cast();
        let log = Arc::clone(&bound.as_ref().ok_or("no bind data")?.log);
        let columns = (0..ffi::duckdb_init_get_column_count(info)).map(|place| {
            let column = usize::try_from(ffi::duckdb_init_get_column_index(info, place)).unwrap_or(usize::MAX);
            (column < log.columns().len()).then_some(column)
        });
        let columns = columns.collect();
        let pieces = log.pieces(PIECES);
        ffi::duckdb_init_set_max_threads(info, pieces.len().max(1) as u64);
        Ok(Shared { log, columns, left: Mutex::new(pieces.into_iter()) })
    }
}

unsafe extern "C" fn init_local(info: ffi::duckdb_init_info) {
    let local: Box<Mutex<Local>> = Box::default();
    // SAFETY: freed by `drop_box`.
    unsafe { ffi::duckdb_init_set_init_data(info, Box::into_raw(local).cast(), Some(drop_box::<Mutex<Local>>)) };
}

type Read = unsafe extern "C-unwind" fn(ffi::duckdb_function_info, ffi::duckdb_data_chunk);

/// As a scalar function ([`output::through`]): read under a guard, written without one.
unsafe extern "C-unwind" fn read(info: ffi::duckdb_function_info, output: ffi::duckdb_data_chunk) {
    // SAFETY: as for `bind`; the vectors have the types of the columns and room for a chunk.
    unsafe {
        let Some(chunk) = answer(|| next(info), |message| ffi::duckdb_function_set_error(info, message)) else { return };
        for (place, column) in &chunk.columns {
            output::write(ffi::duckdb_data_chunk_get_vector(output, *place), column);
        }
        ffi::duckdb_data_chunk_set_size(output, chunk.rows as u64);
    }
}

/// Rows that were read, and where their columns go.
#[derive(Default)]
struct Chunk {
    columns: Vec<(u64, Column)>,
    rows: usize,
}

/// The next rows; none at the end.
///
/// # Safety
/// As for [`read`].
unsafe fn next(info: ffi::duckdb_function_info) -> std::result::Result<Chunk, String> {
    // SAFETY: both data were set by `init` and `init_local`.
    unsafe {
        let shared: *const Shared = ffi::duckdb_function_get_init_data(info).cast();
        let shared = shared.as_ref().ok_or("no init data")?;
        let local: *const Mutex<Local> = ffi::duckdb_function_get_local_init_data(info).cast();
        let mut local = local.as_ref().ok_or("no local data")?.lock().unwrap_or_else(PoisonError::into_inner);
        let most = usize::try_from(ffi::duckdb_vector_size()).unwrap_or(1);
        loop {
            if let Some(scan) = local.as_mut()
                && let Some((columns, rows)) = scan.next(most).map_err(|error| error.to_string())?
            {
                let places = (0..).zip(&shared.columns).filter(|(_, column)| column.is_some()).map(|(place, _)| place);
                return Ok(Chunk { columns: places.zip(columns).collect(), rows });
            }
            let next = shared.left.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(piece) = next else { return Ok(Chunk::default()) };
            let wanted: Vec<usize> = shared.columns.iter().flatten().copied().collect();
            *local = Some(shared.log.scan(&piece, &wanted, &Control::default()).map_err(|error| error.to_string())?);
        }
    }
}
