//! How a kernel reads its arguments: an engine implements [`Input`] over its vectors, tuples of plain Rust
//! values implement [`Args`].

use crate::types::ArgType;

/// The argument columns of one batch. `None` is SQL NULL.
pub trait Input {
    /// Text of argument `arg` in `row`.
    fn text(&self, arg: usize, row: usize) -> Option<&str>;
    /// Integer of argument `arg` in `row`.
    fn int(&self, arg: usize, row: usize) -> Option<i64>;
    /// Float of argument `arg` in `row`.
    fn float(&self, arg: usize, row: usize) -> Option<f64>;
    /// Boolean of argument `arg` in `row`.
    fn bool(&self, arg: usize, row: usize) -> Option<bool>;
    /// Texts of the list in argument `arg` in `row`.
    fn text_list(&self, arg: usize, row: usize) -> Option<Vec<Option<&str>>>;
    /// Hands the texts of the list in argument `arg` in `row` to `take`, one after another; false where the list is NULL.
    fn each_text<'a>(&'a self, arg: usize, row: usize, take: &mut dyn FnMut(Option<&'a str>)) -> bool {
        let Some(list) = self.text_list(arg, row) else { return false };
        list.into_iter().for_each(take);
        true
    }
    /// Whether argument `arg` is known to be NULL in every row.
    fn is_missing(&self, _arg: usize) -> bool {
        false
    }
    /// Time of argument `arg` in `row`, in microseconds since 1970.
    fn time(&self, _arg: usize, _row: usize) -> Option<i64> {
        None
    }
    /// Appends the numbers of the list in argument `arg` of `row`, NaN for a NULL element; false where the list is NULL.
    fn float_list(&self, _arg: usize, _row: usize, _into: &mut Vec<f64>) -> bool {
        false
    }
    /// JSON text of the struct, map or JSON in argument `arg` of `row`.
    fn json(&self, arg: usize, row: usize) -> Option<std::borrow::Cow<'_, str>> {
        self.text(arg, row).map(std::borrow::Cow::Borrowed)
    }
    /// Text of the number or text in argument `arg` of `row`.
    fn key(&self, arg: usize, row: usize) -> Option<std::borrow::Cow<'_, str>> {
        self.text(arg, row).map(std::borrow::Cow::Borrowed)
    }
    /// Text of the value of any type in argument `arg` of `row`, as people read it.
    fn shown(&self, arg: usize, row: usize) -> Option<std::borrow::Cow<'_, str>> {
        self.text(arg, row).map(std::borrow::Cow::Borrowed)
    }
    /// As [`Input::shown`], for each of the columns that are argument `arg`; false where there are none.
    fn each_shown(&self, arg: usize, row: usize, take: &mut dyn FnMut(Option<&str>)) -> bool {
        self.each_text(arg, row, &mut |text| take(text))
    }
    /// A number for the list in argument `arg` of `row`: two rows of this batch with the same number hold the same list.
    /// A constant list has one number for all rows. `None` where the engine cannot tell.
    fn text_list_identity(&self, _arg: usize, _row: usize) -> Option<usize> {
        None
    }
}

/// One argument.
pub trait Arg<'a>: Sized {
    /// Its SQL type.
    const TYPE: ArgType;
    /// Reads it; `None` makes the result of the row NULL.
    fn read<I: Input>(input: &'a I, arg: usize, row: usize) -> Option<Self>;
}

impl<'a> Arg<'a> for &'a str {
    const TYPE: ArgType = ArgType::Text;
    #[inline]
    fn read<I: Input>(input: &'a I, arg: usize, row: usize) -> Option<Self> {
        input.text(arg, row)
    }
}

impl<'a> Arg<'a> for i64 {
    const TYPE: ArgType = ArgType::Int;
    #[inline]
    fn read<I: Input>(input: &'a I, arg: usize, row: usize) -> Option<Self> {
        input.int(arg, row)
    }
}

impl<'a> Arg<'a> for f64 {
    const TYPE: ArgType = ArgType::Float;
    #[inline]
    fn read<I: Input>(input: &'a I, arg: usize, row: usize) -> Option<Self> {
        input.float(arg, row)
    }
}

impl<'a> Arg<'a> for bool {
    const TYPE: ArgType = ArgType::Bool;
    #[inline]
    fn read<I: Input>(input: &'a I, arg: usize, row: usize) -> Option<Self> {
        input.bool(arg, row)
    }
}

impl<'a> Arg<'a> for Vec<Option<&'a str>> {
    const TYPE: ArgType = ArgType::TextList;
    fn read<I: Input>(input: &'a I, arg: usize, row: usize) -> Option<Self> {
        input.text_list(arg, row)
    }
}

/// A list of texts that is read only when it is asked for: a kernel that keeps what it made of the last list pays nothing
/// for a constant list of thousands.
#[derive(Clone, Copy)]
pub struct TextList<'a> {
    input: &'a dyn Input,
    arg: usize,
    row: usize,
}

impl<'a> TextList<'a> {
    /// See [`Input::text_list_identity`].
    pub fn identity(&self) -> Option<usize> {
        self.input.text_list_identity(self.arg, self.row)
    }

    /// The texts; `None` where the list is NULL.
    pub fn read(&self) -> Option<Vec<Option<&'a str>>> {
        self.input.text_list(self.arg, self.row)
    }
}

impl<'a> Arg<'a> for TextList<'a> {
    const TYPE: ArgType = ArgType::TextList;
    #[inline]
    fn read<I: Input>(input: &'a I, arg: usize, row: usize) -> Option<Self> {
        Some(Self { input, arg, row })
    }
}

/// `Option` accepts NULL.
impl<'a, T: Arg<'a>> Arg<'a> for Option<T> {
    const TYPE: ArgType = T::TYPE;
    #[inline]
    fn read<I: Input>(input: &'a I, arg: usize, row: usize) -> Option<Self> {
        Some(T::read(input, arg, row))
    }
}

/// All arguments of one row.
pub trait Args<'a>: Sized {
    /// Their SQL types.
    const TYPES: &'static [ArgType];
    /// Reads row `row`; `None` where an argument that must not be NULL is.
    fn read<I: Input>(input: &'a I, row: usize) -> Option<Self>;
}

macro_rules! tuple_args {
    ($($name:ident $index:tt),+) => {
        impl<'a, $($name: Arg<'a>),+> Args<'a> for ($($name,)+) {
            const TYPES: &'static [ArgType] = &[$($name::TYPE),+];
            #[inline]
            fn read<In: Input>(input: &'a In, row: usize) -> Option<Self> {
                Some(($($name::read(input, $index, row)?,)+))
            }
        }
    };
}
tuple_args!(A 0);
tuple_args!(A 0, B 1);
tuple_args!(A 0, B 1, C 2);
tuple_args!(A 0, B 1, C 2, D 3);
