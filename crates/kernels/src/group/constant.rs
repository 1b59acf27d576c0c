//! What the three kinds of functions share: options and types that are made once, and the guard around a computation.

use super::{Fields, GroupError, GroupResult, Parsed};
use crate::error::KernelError;
use crate::guard::guard;
use crate::options::{Memo, Options};
use crate::types::SqlType;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Takes the place of a memo, whose type depends on the kernel, in a constant.
#[derive(Default)]
pub(super) struct Lazy(Mutex<Option<Arc<dyn Any + Send + Sync>>>);

impl Lazy {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The memo of options, made when it is first asked for.
    pub(super) fn memo<O: Options>(&self) -> Arc<Memo<O>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let memo = held.get_or_insert_with(|| Arc::new(Memo::<O>::default()));
        Arc::clone(memo).downcast().unwrap_or_default()
    }
}

/// A kernel as a value: a type that names it and keeps its options.
macro_rules! as_value {
    ($(#[$doc:meta])* $name:ident, $kernel:ident) => {
        $(#[$doc])*
        pub struct $name<K>(std::marker::PhantomData<fn() -> K>, $crate::group::constant::Lazy);

        impl<K> $name<K> {
            /// The function of `K`.
            pub const fn new() -> Self {
                Self(std::marker::PhantomData, $crate::group::constant::Lazy::new())
            }
        }

        impl<K> Default for $name<K> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<K: $kernel> std::fmt::Debug for $name<K> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(K::SPEC.name)
            }
        }
    };
}
pub(super) use as_value;

pub(super) fn guarded<T>(name: &'static str, work: impl FnOnce() -> GroupResult<T>) -> GroupResult<T> {
    guard(work).unwrap_or_else(|what| Err(internal(name, what)))
}

pub(super) fn internal(function: &'static str, what: String) -> GroupError {
    KernelError::Internal { function, what }.into()
}

pub(super) fn downcast<'p, O: Options>(name: &'static str, options: &'p Parsed) -> GroupResult<&'p O> {
    options.downcast_ref().ok_or_else(|| internal(name, "the options of another function".to_owned()))
}

pub(super) fn struct_fields(ty: &SqlType) -> Fields {
    match ty {
        SqlType::Struct(fields) => fields,
        _ => &[],
    }
}

/// Types that follow from a kernel but cannot be constants yet: made once for each function and kept for good.
pub(super) fn leaked<T: Copy + Send + Sync>(function: &'static str, what: &'static str, make: impl FnOnce() -> Vec<T>) -> &'static [T] {
    type Kept = BTreeMap<(&'static str, &'static str), &'static (dyn Any + Send + Sync)>;
    static KEPT: Mutex<Kept> = Mutex::new(Kept::new());
    let known = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(&(function, what)).copied();
    if let Some(values) = known.and_then(|values| values.downcast_ref::<&'static [T]>()) {
        return values;
    }
    // Made outside the lock: making one may ask for another.
    let values: &'static [T] = Box::leak(make().into_boxed_slice());
    let holder: &'static &'static [T] = Box::leak(Box::new(values));
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).insert((function, what), holder);
    values
}
