//! A function of many rows as a DuckDB aggregate.

use crate::any_input::AnyInput;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::logical_type::LogicalType;
use crate::options;
use crate::output;
use crate::packed::Blocks;
use crate::vector::Vector;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::group::{GroupError, GroupFunction, Parsed, Shape};
use huntsql_kernels::guard::guard;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::Value;
use huntsql_kernels::rows::Rows;
use huntsql_kernels::types::{ArgType, SqlType};
use libduckdb_sys as ffi;
use std::ffi::{CString, c_void};
use std::sync::{Mutex, PoisonError};

/// Name of the row number in what a numbered aggregate gives, as sql/per_row.sql has it.
pub(crate) const ROW: &str = "_huntsql_row";

/// Which aggregate of a function is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    pub(crate) function: &'static dyn GroupFunction,
    /// Takes a row number first and gives, for each row, its number and what is said about it: what table macros join by. Of a function of
    /// [`Shape::Events`] it gives blocks of that, see `packed.rs`.
    pub(crate) numbered: bool,
}

/// What DuckDB keeps for a group: a pointer, at an address that need not be aligned (a window of 1.4 does not).
type Slot = *mut State;

/// # Safety
/// `state` went through [`init`].
unsafe fn load(state: ffi::duckdb_aggregate_state) -> Slot {
    // SAFETY: the caller's promise.
    unsafe { state.cast::<Slot>().read_unaligned() }
}

/// Takes what is in a slot. Of threads that take the same (a window over one of our hidden aggregates, which nobody is to write, shares its sources) one gets it.
///
/// # Safety
/// `state` went through [`init`].
unsafe fn take(state: ffi::duckdb_aggregate_state) -> Slot {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the caller's promise.
    unsafe {
        let slot = load(state);
        store(state, std::ptr::null_mut());
        slot
    }
}

/// # Safety
/// `state` has room for a slot.
unsafe fn store(state: ffi::duckdb_aggregate_state, slot: Slot) {
    // SAFETY: the caller's promise.
    unsafe { state.cast::<Slot>().write_unaligned(slot) };
}

#[derive(Clone)]
struct State {
    rows: Rows,
    options: Parsed,
}

/// Registers the aggregate under `name`.
pub(crate) fn register(connection: &Connection, name: &str, form: Form) -> Result<()> {
    let name_c = CString::new(name).map_err(|_| Error::Internal(format!("NUL in the name of {name}")))?;
    let signature = form.function.signature();
    let required = form.function.required() + usize::from(form.numbered);
    let most = signature.args.len() + usize::from(form.numbered) + usize::from(!signature.options.is_empty());
    // Such a macro hands over the whole row as well, and leaves nothing out.
    let (required, most) = if form.function.shape() == Shape::Events { (most + 1, most + 1) } else { (required, most) };
    // SAFETY: every handle is created here, handed to DuckDB (which copies) and destroyed here.
    let state = unsafe {
        let mut set = ffi::duckdb_create_aggregate_function_set(name_c.as_ptr());
        for count in required..=most {
            let mut function = overload(&name_c, form, count);
            ffi::duckdb_add_aggregate_function_to_set(set, function);
            ffi::duckdb_destroy_aggregate_function(&mut function);
        }
        let state = ffi::duckdb_register_aggregate_function_set(connection.raw(), set);
        ffi::duckdb_destroy_aggregate_function_set(&mut set);
        state
    };
    if state == ffi::DuckDBSuccess { Ok(()) } else { Err(Error::Load(format!("DuckDB refused the aggregate {name}"))) }
}

type Finalize =
    unsafe extern "C-unwind" fn(ffi::duckdb_function_info, *mut ffi::duckdb_aggregate_state, ffi::duckdb_vector, ffi::idx_t, ffi::idx_t);

/// # Safety
/// The C API is ready; the caller destroys the handle.
unsafe fn overload(name: &CString, form: Form, count: usize) -> ffi::duckdb_aggregate_function {
    // SAFETY: the caller's promise; types are copied by DuckDB, the form is freed by `drop_form`.
    unsafe {
        let function = ffi::duckdb_create_aggregate_function();
        ffi::duckdb_aggregate_function_set_name(function, name.as_ptr());
        for _ in 0..count {
            ffi::duckdb_aggregate_function_add_parameter(function, LogicalType::any().raw());
        }
        let result = if form.function.shape() == Shape::Events {
            LogicalType::result(&SqlType::List(&SqlType::Blob))
        } else {
            LogicalType::list_of_struct(&fields(form))
        };
        ffi::duckdb_aggregate_function_set_return_type(function, result.raw());
        // SAFETY: the two differ in what may pass through them, not in how they are called.
        let finalize = std::mem::transmute::<Finalize, unsafe extern "C" fn(_, _, _, _, _)>(finalize);
        ffi::duckdb_aggregate_function_set_functions(function, Some(size), Some(init), Some(update), Some(combine), Some(finalize));
        ffi::duckdb_aggregate_function_set_destructor(function, Some(destroy));
        // Rows with a NULL reach us.
        ffi::duckdb_aggregate_function_set_special_handling(function);
        ffi::duckdb_aggregate_function_set_extra_info(function, Box::into_raw(Box::new(form)).cast(), Some(drop_form));
        function
    }
}

/// Fields of an item.
fn fields(form: Form) -> Vec<(&'static str, SqlType)> {
    if form.numbered {
        std::iter::once((ROW, SqlType::Int)).chain(form.function.fields().iter().copied()).collect()
    } else {
        form.function.item_fields().to_vec()
    }
}

fn types(form: Form) -> &'static [ArgType] {
    if form.numbered { form.function.numbered_args() } else { form.function.args() }
}

unsafe extern "C" fn drop_form(form: *mut c_void) {
    // SAFETY: made by Box::into_raw in `overload`, freed once by DuckDB.
    let _ = guard(|| drop(unsafe { Box::from_raw(form.cast::<Form>()) }));
}

unsafe extern "C" fn size(_: ffi::duckdb_function_info) -> ffi::idx_t {
    size_of::<Slot>() as u64
}

unsafe extern "C" fn init(_: ffi::duckdb_function_info, state: ffi::duckdb_aggregate_state) {
    // SAFETY: DuckDB gives `size` bytes.
    unsafe { store(state, std::ptr::null_mut()) };
}

unsafe extern "C" fn destroy(states: *mut ffi::duckdb_aggregate_state, count: ffi::idx_t) {
    let _ = guard(|| {
        for index in 0..usize::try_from(count).unwrap_or(0) {
            // SAFETY: every state went through `init`; each is destroyed once, and nulled in case it is not.
            unsafe {
                let state = *states.add(index);
                let slot = load(state);
                if !slot.is_null() {
                    store(state, std::ptr::null_mut());
                    drop(Box::from_raw(slot));
                }
            }
        }
    });
}

/// Runs a callback; what goes wrong becomes an error of the query.
///
/// # Safety
/// `info` is live and was made by `overload`.
unsafe fn run(info: ffi::duckdb_function_info, work: impl FnOnce(Form) -> std::result::Result<(), GroupError>) {
    // SAFETY: the caller's promise.
    let form = unsafe { ffi::duckdb_aggregate_function_get_extra_info(info).cast::<Form>().as_ref().copied() };
    let Some(form) = form else { return };
    let function = form.function.spec().name;
    let outcome = guard(|| work(form)).unwrap_or_else(|what| Err(KernelError::Internal { function, what }.into()));
    let message = match outcome {
        Ok(()) => return,
        Err(GroupError::Kernel(error)) => error.to_string(),
        Err(GroupError::Interrupted) => format!("{function}: cancelled"),
    };
    let message = CString::new(message.replace('\0', "\\0")).unwrap_or_default();
    // SAFETY: info is live; DuckDB copies the message.
    unsafe { ffi::duckdb_aggregate_function_set_error(info, message.as_ptr()) };
}

unsafe extern "C" fn update(info: ffi::duckdb_function_info, chunk: ffi::duckdb_data_chunk, states: *mut ffi::duckdb_aggregate_state) {
    // SAFETY: DuckDB calls with live handles; one state a row.
    unsafe { run(info, |form| update_states(form, chunk, states)) };
}

/// # Safety
/// As for [`update`].
unsafe fn update_states(
    form: Form,
    chunk: ffi::duckdb_data_chunk,
    states: *mut ffi::duckdb_aggregate_state,
) -> std::result::Result<(), GroupError> {
    let function = form.function.spec().name;
    let types = types(form);
    // SAFETY: the caller's promise.
    unsafe {
        let rows = usize::try_from(ffi::duckdb_data_chunk_get_size(chunk)).unwrap_or(0);
        let columns = usize::try_from(ffi::duckdb_data_chunk_get_column_count(chunk)).unwrap_or(0);
        let vector = |index: usize| Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, index as u64));
        let is_events = form.function.shape() == Shape::Events;
        let count = if is_events {
            columns - 1
        } else {
            argument_count(form, columns, || vector(columns - 1).logical_type().id() == ffi::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT)
        };
        let value = if count < columns {
            options::constant(vector(count), rows).ok_or_else(|| KernelError::BadArgument {
                function,
                argument: "options",
                problem: "must be a constant, such as {'name': 'value'}".to_owned(),
            })?
        } else {
            Value::Null
        };
        let (input, value) =
            if is_events { AnyInput::of_events(chunk, form.function, &value, rows)? } else { (AnyInput::new(chunk, count), value) };
        let parsed = form.function.parse(&value)?;
        if let Some((index, sample)) = input.misfit(types, rows) {
            return Err(misfit(form, types, index, &sample).into());
        }
        let state_of = |row: usize| {
            let state = *states.add(row);
            let mut slot = load(state);
            if slot.is_null() {
                slot = Box::into_raw(Box::new(State { rows: Rows::new(types), options: Parsed::clone(&parsed) }));
                store(state, slot);
            }
            slot
        };
        // Without GROUP BY all rows have one state.
        if rows > 0 && (1..rows).all(|row| *states.add(row) == *states) {
            if let Some(state) = state_of(0).as_mut() {
                state.rows.extend(&input, rows);
            }
            return Ok(());
        }
        for row in 0..rows {
            if let Some(state) = state_of(row).as_mut() {
                state.rows.push(&input, row);
            }
        }
    }
    Ok(())
}

/// How many of `columns` are arguments. A struct behind the required ones is the options, unless an argument there takes one.
fn argument_count(form: Form, columns: usize, last_is_struct: impl FnOnce() -> bool) -> usize {
    let types = types(form);
    let required = form.function.required() + usize::from(form.numbered);
    let has_options = !form.function.signature().options.is_empty();
    if columns > types.len() {
        return types.len();
    }
    let takes_struct = columns.checked_sub(1).and_then(|last| types.get(last)) == Some(&ArgType::Json);
    if has_options && columns > required && !takes_struct && last_is_struct() { columns - 1 } else { columns }
}

fn misfit(form: Form, types: &[ArgType], index: usize, sample: &str) -> KernelError {
    let spec = form.function.spec();
    let argument = index.checked_sub(usize::from(form.numbered)).and_then(|index| spec.args.get(index)).map_or("row", |arg| arg.name);
    let wanted = types.get(index).copied().unwrap_or(ArgType::Text);
    let hint = match wanted {
        ArgType::Time | ArgType::TimeOrText => "; cast it first, for example with ::TIMESTAMP or strptime",
        ArgType::Json => "",
        _ => "; cast it first",
    };
    KernelError::BadArgument { function: spec.name, argument, problem: format!("must be {wanted}, got {sample}{hint}") }
}

unsafe extern "C" fn combine(
    info: ffi::duckdb_function_info,
    sources: *mut ffi::duckdb_aggregate_state,
    targets: *mut ffi::duckdb_aggregate_state,
    count: ffi::idx_t,
) {
    // SAFETY: DuckDB calls with live handles and `count` states on each side. Sources are read, not emptied: the segment tree of a window uses them
    // again. Those of our own macros, which have no windows and may be large, are moved: nobody else is to call the aggregates that they call.
    unsafe {
        run(info, |form| {
            for index in 0..usize::try_from(count).unwrap_or(0) {
                let (from, into) = (*sources.add(index), *targets.add(index));
                if from == into {
                    continue;
                }
                let (source, target) = (if form.numbered { take(from) } else { load(from) }, load(into));
                match (source.as_ref(), target.as_mut()) {
                    (None, _) => {}
                    (Some(_), None) if form.numbered => store(into, source),
                    (Some(source), None) => store(into, Box::into_raw(Box::new(source.clone()))),
                    (Some(read), Some(target)) => {
                        target.rows.append(&read.rows);
                        if form.numbered {
                            drop(Box::from_raw(source));
                        }
                    }
                }
            }
            Ok(())
        });
    }
}

/// Where memory runs out DuckDB throws while a result is written. Only DuckDB can catch that: no guard of ours may stand in the way, and this function must let it
/// through, which `C` does not and `C-unwind` does.
unsafe extern "C-unwind" fn finalize(
    info: ffi::duckdb_function_info,
    states: *mut ffi::duckdb_aggregate_state,
    result: ffi::duckdb_vector,
    count: ffi::idx_t,
    offset: ffi::idx_t,
) {
    let (count, offset) = (usize::try_from(count).unwrap_or(0), usize::try_from(offset).unwrap_or(0));
    for index in 0..count {
        let mut made = None;
        // SAFETY: DuckDB calls with live handles, `count` states and as many rows in `result` from `offset`.
        unsafe {
            run(info, |form| {
                let slot = load(*states.add(index));
                // A group without rows.
                let mut none;
                let state = match slot.as_mut() {
                    Some(state) => state,
                    None => {
                        none = State { rows: Rows::new(types(form)), options: form.function.parse(&Value::Null)? };
                        &mut none
                    }
                };
                let interrupt = Interrupt::default();
                made = Some(if form.numbered {
                    // Only our own macros call it, once a group: the rows may go.
                    let rows = std::mem::replace(&mut state.rows, Rows::new(types(form)));
                    if form.function.shape() == Shape::Events {
                        let mut blocks = Blocks::new();
                        form.function.compute_packed(rows, &state.options, &interrupt, &mut |row, entry| blocks.add(row, entry))?;
                        blocks.finish()
                    } else {
                        form.function.compute_numbered(rows, &state.options, &interrupt)?
                    }
                } else {
                    form.function.compute_list(&state.rows, &state.options, &interrupt)?
                });
                Ok(())
            });
            // After an error nobody reads the result.
            let Some(items) = made else { return };
            output::write_list(result, offset + index, items);
        }
    }
}
