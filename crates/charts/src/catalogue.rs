//! The functions of this crate, once.

use crate::kernel::Drawn;
use crate::kernels;
use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::{Events, Items};

/// The one value of a kind of chart.
macro_rules! chart {
    ($kernel:ident) => {{
        static FUNCTION: Events<Drawn<kernels::$kernel>> = Events::new();
        &FUNCTION
    }};
}

/// Shows every function of this crate to `visitor`, sorted by name.
pub fn visit(visitor: &mut impl Visitor) {
    static REPORT: Items<kernels::RenderReport> = Items::new();
    visitor.group(chart!(RenderBars)); // render_bars
    visitor.group(chart!(RenderChart)); // render_chart
    visitor.group(chart!(RenderGraph)); // render_graph
    visitor.group(chart!(RenderHistogram)); // render_histogram
    visitor.group(chart!(RenderMap)); // render_map
    visitor.group(chart!(RenderMatrix)); // render_matrix
    visitor.group(chart!(RenderProcessTree)); // render_process_tree
    visitor.group(&REPORT); // render_report
    visitor.group(chart!(RenderSankey)); // render_sankey
    visitor.group(chart!(RenderSeries)); // render_series
    visitor.group(chart!(Timeline)); // render_timeline
    visitor.group(chart!(TimelineDurations)); // render_timeline_durations
    visitor.group(chart!(TimelineValues)); // render_timeline_values
}
