//! Any text as a model, and as the parameters of events: no panic, and a likelihood that is a number.
#![no_main]

use huntsql_kernels::analysis::{RareSequences, SequenceScore};
use huntsql_kernels::column::Data;
use huntsql_kernels::group::GroupKernel;
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::kernel::run;
use huntsql_kernels::rows::Rows;
use libfuzzer_sys::fuzz_target;

/// One row: a list and a model to one function, an event to the other.
struct Row<'t>(&'t str);

impl Input for Row<'_> {
    fn text(&self, arg: usize, _: usize) -> Option<&str> {
        Some(if arg == 1 || arg == 3 { self.0 } else { "a" })
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, _: usize, _: usize) -> Option<f64> {
        None
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        Some(vec![Some("a"), Some("b"), Some("a")])
    }
    fn time(&self, _: usize, _: usize) -> Option<i64> {
        Some(1)
    }
}

fuzz_target!(|text: &str| {
    let column = run::<SequenceScore>(&Row(text), 1, &Default::default()).expect("no error");
    if column.validity().is_none() {
        let Data::Struct(fields) = column.data() else { panic!("not a struct") };
        let Data::Float(likelihoods) = fields[0].data() else { panic!("not floats") };
        assert!(likelihoods[0].is_finite() && likelihoods[0] <= 0.0);
    }
    let mut rows = Rows::new(RareSequences::ARGS);
    rows.push(&Row(text), 0);
    assert!(RareSequences::compute(&rows, &Default::default(), &Interrupt::default()).is_ok());
});
