//! The call of a decorated function.
//!
//! # Plans
//! A *plan* is a dict of the keyword arguments that the scopes add to a call. It depends on the frame and on the number
//! of positional arguments. The Python side makes plans and keeps them in the frame (functions/plan.py).
//!
//! ```text
//!   @hp.param("train")
//!   def train(data, lr=0.1, steps=100): ...
//!
//!   with hp.scope("train.lr=0.5"):
//!       train(data)
//!
//!   decorated function             current frame
//!   └ cached plan                  ├ id     7         ◀── 1. is it the cached frame_id?
//!     ├ frame_id  7                └ plans  {plan_key: {1: {"lr": 0.5}}}
//!     ├ count     1  ◀── 2. is it the number of                ▲
//!     ├ names     ("lr",)   positional arguments?              │
//!     └ plan      ───────────── 3. if both, call ──────────────┘
//!
//!   function(data, lr=0.5)
//! ```
//!
//! If the plan is empty, the call passes the caller's arguments on unchanged. If it is not, and the caller passes no
//! keyword arguments, an array on the stack gets the caller's arguments and then the values of the plan. Without a cached
//! plan, simple.rs makes one. If it cannot, the call calls `resolve`, which returns all arguments, and then caches the
//! plan that `resolve` stored in the frame.
//!
//! Such a plan is borrowed from the frame, as a value is by a reference: see the top of reference.rs.

use std::ptr;

use pyo3::ffi::*;

use super::{Decorated, simple};
use crate::frame::{Frame, is_frame, is_read_by_hook};
use crate::object::{NULL, owned, replace, type_error};
use crate::state::current;

/// The number of arguments that fit into the array on the stack.
const MAX_STACK_ARGUMENTS: usize = 16;

/// The plan of the last call. See the top of this file.
#[repr(C)]
pub(super) struct CachedPlan {
    pub(super) frame_id: u64,
    /// The number of positional arguments.
    count: Py_ssize_t,
    /// A dict, borrowed from the plans of the frame, or from `own_plan`.
    plan: *mut PyObject,
    /// The last plan that simple.rs made. It can be null.
    pub(super) own_plan: *mut PyObject,
    /// The keys of the plan as a tuple, owned. Null if the plan is empty.
    pub(super) names: *mut PyObject,
}

/// `tp_vectorcall`: the arguments are `count` positional ones, then the values of the keyword arguments. `keywords` has
/// the names of the latter, or is null.
pub(super) unsafe extern "C" fn call(
    object: *mut PyObject,
    args: *const *mut PyObject,
    flags: usize,
    keywords: *mut PyObject,
) -> *mut PyObject {
    let decorated = object.cast::<Decorated>();
    let frame = current().cast::<Frame>();
    let count = PyVectorcall_NARGS(flags);
    let cached = &(*decorated).cached_plan;
    if cached.frame_id == (*frame).id && cached.count == count {
        if cached.names.is_null() {
            let result = PyObject_Vectorcall((*decorated).function, args, flags, keywords);
            return driven(decorated, result);
        }
        let total = count as usize + PyTuple_GET_SIZE(cached.names) as usize;
        if keywords.is_null() && total <= MAX_STACK_ARGUMENTS {
            let result = call_with_plan(decorated, args, count, cached.plan, cached.names);
            return driven(decorated, result);
        }
    }
    let result = call_uncached(decorated, frame.cast(), args, count, keywords);
    driven(decorated, result)
}

/// Return what a call returned; a generator so that it runs in the view of the call.
#[inline(always)]
unsafe fn driven(decorated: *mut Decorated, result: *mut PyObject) -> *mut PyObject {
    if result.is_null() || (PyGen_CheckExact(result) == 0 && PyAsyncGen_CheckExact(result) == 0) {
        return result;
    }
    let driven = PyObject_CallOneArg((*decorated).drive, result);
    Py_DECREF(result);
    driven
}

/// Call the function with the caller's positional arguments and the values of a plan. They fit into the array.
///
/// `plan` and `names` may be borrowed: this owns their values before other code can run.
unsafe fn call_with_plan(
    decorated: *mut Decorated,
    args: *const *mut PyObject,
    count: Py_ssize_t,
    plan: *mut PyObject,
    names: *mut PyObject,
) -> *mut PyObject {
    // PY_VECTORCALL_ARGUMENTS_OFFSET below allows the function to use the place before the first argument.
    let mut stack: [*mut PyObject; MAX_STACK_ARGUMENTS + 1] = [NULL; MAX_STACK_ARGUMENTS + 1];
    let plan_start = 1 + count as usize;
    ptr::copy_nonoverlapping(args, stack.as_mut_ptr().add(1), count as usize);
    let mut end = plan_start;
    let (mut position, mut name, mut value) = (0, NULL, NULL);
    while end < stack.len() && PyDict_Next(plan, &mut position, &mut name, &mut value) != 0 {
        // Owned, because the function can leave the scope, and the plan is then dropped with the frame.
        stack[end] = owned(value);
        end += 1;
    }
    let names = owned(names);
    let flags = count as usize | PY_VECTORCALL_ARGUMENTS_OFFSET;
    let result = PyObject_Vectorcall((*decorated).function, stack.as_ptr().add(1), flags, names);
    Py_DECREF(names);
    for value in stack.iter().take(end).skip(plan_start) {
        Py_DECREF(*value);
    }
    result
}

/// Cache a plan of simple.rs, which is owned, and call the function with it.
unsafe fn call_with_new_plan(
    decorated: *mut Decorated,
    frame: *mut PyObject,
    plan: *mut PyObject,
    args: *const *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    let names = PySequence_Tuple(plan);
    if names.is_null() {
        Py_DECREF(plan);
        return NULL;
    }
    let added = PyTuple_GET_SIZE(names);
    let cached = &raw mut (*decorated).cached_plan;
    (*cached).frame_id = (*frame.cast::<Frame>()).id;
    (*cached).count = count;
    (*cached).plan = plan;
    // The values of the replaced plan are dropped here. That can call this function again, which caches another plan.
    // So `plan` and `names` stay owned until after the call.
    replace(
        &raw mut (*cached).names,
        if added == 0 { NULL } else { owned(names) },
    );
    replace(&raw mut (*cached).own_plan, owned(plan));
    let result = if added == 0 {
        PyObject_Vectorcall((*decorated).function, args, count as usize, NULL)
    } else if (count + added) as usize <= MAX_STACK_ARGUMENTS {
        call_with_plan(decorated, args, count, plan, names)
    } else {
        let positional = positional_arguments(args, count);
        let result = if positional.is_null() {
            NULL
        } else {
            PyObject_Call((*decorated).function, positional, plan)
        };
        Py_XDECREF(positional);
        result
    };
    Py_DECREF(names);
    Py_DECREF(plan);
    result
}

/// Call the function with the arguments that `resolve` returns.
#[inline(never)]
unsafe fn call_uncached(
    decorated: *mut Decorated,
    frame: *mut PyObject,
    args: *const *mut PyObject,
    count: Py_ssize_t,
    keywords: *mut PyObject,
) -> *mut PyObject {
    // From here on other code can run, and leave the scope of the frame.
    let frame = owned(frame);
    if keywords.is_null() {
        let plan = simple::plan(decorated, frame, count);
        if !plan.is_null() {
            let result = call_with_new_plan(decorated, frame, plan, args, count);
            Py_DECREF(frame);
            return result;
        }
        if !PyErr_Occurred().is_null() {
            Py_DECREF(frame);
            return NULL;
        }
    }
    let positional = positional_arguments(args, count);
    let named = keyword_arguments(args.offset(count), keywords);
    let result = if positional.is_null() || named.is_null() {
        NULL
    } else {
        call_resolved(decorated, frame, positional, named)
    };
    Py_XDECREF(positional);
    Py_XDECREF(named);
    Py_DECREF(frame);
    result
}

unsafe fn positional_arguments(args: *const *mut PyObject, count: Py_ssize_t) -> *mut PyObject {
    let positional = PyTuple_New(count);
    if !positional.is_null() {
        for index in 0..count {
            PyTuple_SET_ITEM(positional, index, owned(*args.offset(index)));
        }
    }
    positional
}

unsafe fn keyword_arguments(
    values: *const *mut PyObject,
    keywords: *mut PyObject,
) -> *mut PyObject {
    let named = PyDict_New();
    if named.is_null() || keywords.is_null() {
        return named;
    }
    for index in 0..PyTuple_GET_SIZE(keywords) {
        let name = PyTuple_GET_ITEM(keywords, index);
        if PyDict_SetItem(named, name, *values.offset(index)) < 0 {
            Py_DECREF(named);
            return NULL;
        }
    }
    named
}

unsafe fn call_resolved(
    decorated: *mut Decorated,
    frame: *mut PyObject,
    positional: *mut PyObject,
    named: *mut PyObject,
) -> *mut PyObject {
    let resolved = PyObject_CallFunctionObjArgs((*decorated).resolve, positional, named, NULL);
    if resolved.is_null() {
        return NULL;
    }
    cache_plan(decorated, frame.cast(), PyTuple_GET_SIZE(positional));
    let is_pair = PyTuple_CheckExact(resolved) != 0 && PyTuple_GET_SIZE(resolved) == 2;
    let result = if is_pair {
        let (args, kwargs) = (PyTuple_GET_ITEM(resolved, 0), PyTuple_GET_ITEM(resolved, 1));
        PyObject_Call((*decorated).function, args, kwargs)
    } else {
        type_error(c"expected a tuple and a dict of arguments from resolve()")
    };
    Py_DECREF(resolved);
    result
}

/// Cache the plan that a frame has for a number of positional arguments, if it has one.
unsafe fn cache_plan(decorated: *mut Decorated, frame: *mut Frame, count: Py_ssize_t) {
    if !is_frame(frame.cast()) || is_read_by_hook(frame.cast()) || (*frame).plans.is_null() {
        return;
    }
    // Allocating can run other code, and that code can make the frame replace its plans. The plan would then be dropped
    // with the old ones, so it is not cached here.
    let frame_plans = owned((*frame).plans);
    let plan = plan_in(frame_plans, (*decorated).plan_key, count);
    if !plan.is_null() {
        let names = PySequence_Tuple(plan);
        if !names.is_null() && frame_plans == (*frame).plans {
            let is_empty = PyTuple_GET_SIZE(names) == 0;
            let cached = &raw mut (*decorated).cached_plan;
            (*cached).frame_id = (*frame).id;
            (*cached).count = count;
            (*cached).plan = plan;
            replace(
                &raw mut (*cached).names,
                if is_empty { NULL } else { owned(names) },
            );
        }
        Py_XDECREF(names);
        Py_DECREF(plan);
    }
    // An error in these lookups only means that nothing is cached.
    PyErr_Clear();
    Py_DECREF(frame_plans);
}

/// Return the plan of a binding for a number of positional arguments, owned; null if it has no complete plan.
unsafe fn plan_in(
    frame_plans: *mut PyObject,
    plan_key: *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    let plans = PyDict_GetItemWithError(frame_plans, plan_key);
    if plans.is_null() || PyDict_CheckExact(plans) == 0 {
        return NULL;
    }
    let plans = owned(plans);
    let count = PyLong_FromSsize_t(count);
    let plan = if count.is_null() {
        NULL
    } else {
        PyDict_GetItemWithError(plans, count)
    };
    // A plan that needs work at each call is not a dict. Then `resolve` does that work.
    let is_complete = !plan.is_null() && PyDict_CheckExact(plan) != 0;
    let plan = if is_complete { owned(plan) } else { NULL };
    Py_XDECREF(count);
    Py_DECREF(plans);
    plan
}
