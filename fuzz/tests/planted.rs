//! Can the checks fail? Each finds a fault that is planted in what it checks, in its own corpus and the same mutations of
//! it that `replay` runs.

use std::panic;

use fugo_fuzz::{
    TARGETS,
    planted::{Fault, plant},
};

mod inputs;

#[test]
fn each_planted_fault_is_found_by_its_target() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let missed: Vec<Fault> = Fault::ALL
        .into_iter()
        .filter_map(|(fault, name)| {
            let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
            let files = inputs::corpus(target);
            let found = panic::catch_unwind(|| {
                plant(Some(fault));
                files.iter().for_each(|data| (target.check)(data));
                inputs::for_each_mutation(&files, target.mutations, target.check);
            });
            plant(None);
            found.is_ok().then_some(fault)
        })
        .collect();
    panic::set_hook(before);
    assert_eq!(missed, []);
}
