//! The decorated call.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::{offset_of, size_of};
use std::ptr;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi::*;
use pyo3::prelude::*;
use pyo3::types::{PyFrozenSet, PyFunction};

use crate::frame::{Frame, is_frame};
use crate::object::{
    END, LAST, alloc, computed, free, make_type, offset_member, owned, replace, slot, visit,
};
use crate::state::{current, state};

unsafe extern "C" {
    // Of Python's own interface, though PyO3 does not declare them.
    fn PyMethod_New(function: *mut PyObject, instance: *mut PyObject) -> *mut PyObject;
    fn PyDescr_IsData(descriptor: *mut PyObject) -> c_int;
}

const NULL: *mut PyObject = ptr::null_mut();
const MOST: usize = 16; // arguments that are laid out on the stack

/// A function whose arguments come from scopes too. It passes for a plain function where one is asked for.
#[repr(C)]
struct Decorated {
    head: PyObject,
    vectorcall: Option<vectorcallfunc>,
    function: *mut PyObject,
    binding: *mut PyObject,  // see binding.py
    plan_key: *mut PyObject, // stands for the binding in a frame's cache
    resolve: *mut PyObject,  // a method of the binding's
    plain: *mut PyObject,    // the function that has its attributes: see wrappers.py
    dict: *mut PyObject,     // that function's, for who asks past `getattro`
    weak: *mut PyObject,
    last: Last,
}

/// The plan that was followed last: in which frame, for how many positional arguments.
#[repr(C)]
struct Last {
    number: u64,
    count: Py_ssize_t,
    plan: *mut PyObject,  // a dict, borrowed from the frame
    names: *mut PyObject, // its keys, as a tuple; owned, null where it is empty
}

unsafe extern "C" fn vectorcall(
    object: *mut PyObject,
    args: *const *mut PyObject,
    flags: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    let decorated = object.cast::<Decorated>();
    let frame = current().cast::<Frame>();
    let count = PyVectorcall_NARGS(flags);
    let last = &(*decorated).last;
    if last.number == (*frame).number && last.count == count {
        if last.names.is_null() {
            return PyObject_Vectorcall((*decorated).function, args, flags, names);
        }
        if names.is_null() && count as usize + PyTuple_GET_SIZE(last.names) as usize <= MOST {
            return follow(decorated, args, count);
        }
    }
    call_slowly(decorated, frame.cast(), args, count, names)
}

/// Call with the plan's values after the caller's.
unsafe fn follow(
    decorated: *mut Decorated,
    args: *const *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // One before the first, which the callee may use for itself.
    let mut stack: [*mut PyObject; MOST + 1] = [NULL; MOST + 1];
    let mut filled = 1;
    for number in 0..count {
        stack[filled] = *args.offset(number);
        filled += 1;
    }
    let from = filled;
    let (mut at, mut key, mut value) = (0, NULL, NULL);
    while filled <= MOST && PyDict_Next((*decorated).last.plan, &mut at, &mut key, &mut value) != 0
    {
        stack[filled] = owned(value); // the plan may go while the function runs
        filled += 1;
    }
    let names = owned((*decorated).last.names);
    let flags = count as usize | PY_VECTORCALL_ARGUMENTS_OFFSET;
    let result = PyObject_Vectorcall((*decorated).function, stack.as_ptr().add(1), flags, names);
    Py_DECREF(names);
    for value in stack.iter().take(filled).skip(from) {
        Py_DECREF(*value);
    }
    result
}

/// Find the plan for a call, or have one made, and call.
#[inline(never)]
unsafe fn call_slowly(
    decorated: *mut Decorated,
    frame: *mut PyObject,
    args: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    let frame = owned(frame); // other code may run from here on
    let positional = PyTuple_New(count);
    let named = PyDict_New();
    let mut made = !positional.is_null() && !named.is_null();
    if made {
        for number in 0..count {
            PyTuple_SET_ITEM(positional, number, owned(*args.offset(number)));
        }
        let given = if names.is_null() {
            0
        } else {
            PyTuple_GET_SIZE(names)
        };
        for number in 0..given {
            let value = *args.offset(count + number);
            made = made && PyDict_SetItem(named, PyTuple_GET_ITEM(names, number), value) == 0;
        }
    }
    let result = if made {
        call_with(decorated, frame, positional, named)
    } else {
        NULL
    };
    Py_XDECREF(positional);
    Py_XDECREF(named);
    Py_DECREF(frame);
    result
}

unsafe fn call_with(
    decorated: *mut Decorated,
    frame: *mut PyObject,
    positional: *mut PyObject,
    named: *mut PyObject,
) -> *mut PyObject {
    let resolved = PyObject_CallFunctionObjArgs((*decorated).resolve, positional, named, NULL);
    if resolved.is_null() {
        return NULL;
    }
    learn(decorated, frame.cast(), PyTuple_GET_SIZE(positional));
    let mut result = NULL;
    if PyTuple_CheckExact(resolved) != 0 && PyTuple_GET_SIZE(resolved) == 2 {
        result = PyObject_Call(
            (*decorated).function,
            PyTuple_GET_ITEM(resolved, 0),
            PyTuple_GET_ITEM(resolved, 1),
        );
    } else {
        PyErr_SetString(
            PyExc_TypeError,
            c"arguments are a tuple and a dict".as_ptr(),
        );
    }
    Py_DECREF(resolved);
    result
}

/// Remember the plan that the frame has now for so many positional arguments.
unsafe fn learn(decorated: *mut Decorated, frame: *mut Frame, count: Py_ssize_t) {
    if !is_frame(frame.cast()) || (*frame).number == 0 || (*frame).cache.is_null() {
        return;
    }
    // Owned, since the collector can run in what allocates, and its callers' code have the frame take another cache.
    let cache = owned((*frame).cache);
    let plan = plan_in(cache, (*decorated).plan_key, count);
    if !plan.is_null() {
        let names = PySequence_Tuple(plan);
        if !names.is_null() && cache == (*frame).cache {
            let last = &raw mut (*decorated).last;
            (*last).number = (*frame).number;
            (*last).count = count;
            (*last).plan = plan;
            let is_empty = PyTuple_GET_SIZE(names) == 0;
            replace(
                &raw mut (*last).names,
                if is_empty { NULL } else { owned(names) },
            );
        }
        Py_XDECREF(names);
        Py_DECREF(plan);
    }
    PyErr_Clear(); // there is nothing to remember
    Py_DECREF(cache);
}

/// Return the plan of a cache for so many positional arguments, owned; null for none.
unsafe fn plan_in(
    cache: *mut PyObject,
    plan_key: *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    let plans = PyDict_GetItemWithError(cache, plan_key);
    if plans.is_null() || PyDict_CheckExact(plans) == 0 {
        return NULL;
    }
    let plans = owned(plans);
    let number = PyLong_FromSsize_t(count);
    let mut plan = NULL;
    if !number.is_null() {
        plan = PyDict_GetItemWithError(plans, number);
    }
    let is_dict = !plan.is_null() && PyDict_CheckExact(plan) != 0;
    let plan = if is_dict { owned(plan) } else { NULL };
    Py_XDECREF(number);
    Py_DECREF(plans);
    plan
}

// --- The type ---

unsafe extern "C" fn descr_get(
    object: *mut PyObject,
    instance: *mut PyObject,
    _: *mut PyObject,
) -> *mut PyObject {
    if instance.is_null() || instance == Py_None() {
        owned(object)
    } else {
        PyMethod_New(object, instance)
    }
}

/// Its attributes are those of a plain function, which it holds, so that nothing tells it from one.
unsafe extern "C" fn getattro(object: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    let plain = (*object.cast::<Decorated>()).plain;
    match PySet_Contains(state().function_names, name) {
        0 => {}
        1 => return PyObject_GetAttr(plain, name),
        _ => return NULL,
    }
    let found = PyObject_GenericGetAttr(object, name);
    if !found.is_null() || PyErr_ExceptionMatches(PyExc_AttributeError) == 0 {
        return found;
    }
    PyErr_Clear();
    PyObject_GetAttr(plain, name)
}

/// Set an attribute, or delete it where the value is null.
unsafe extern "C" fn setattro(
    object: *mut PyObject,
    name: *mut PyObject,
    value: *mut PyObject,
) -> c_int {
    let decorated = object.cast::<Decorated>();
    if PyObject_SetAttr((*decorated).plain, name, value) != 0 {
        return -1;
    }
    if PyUnicode_CompareWithASCIIString(name, c"__code__".as_ptr()) == 0 {
        (*decorated).vectorcall = Some(call_plain); // it has other code now
    } else if PyUnicode_CompareWithASCIIString(name, c"__dict__".as_ptr()) == 0 && !value.is_null()
    {
        replace(&raw mut (*decorated).dict, owned(value));
    }
    0
}

unsafe extern "C" fn call_plain(
    object: *mut PyObject,
    args: *const *mut PyObject,
    flags: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    PyObject_Vectorcall((*object.cast::<Decorated>()).plain, args, flags, names)
}

unsafe extern "C" fn get_class(_: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    owned((&raw mut PyFunction_Type).cast())
}

/// Give an attribute of the plain function's, also to who asks past `getattro`, as pydoc does.
unsafe extern "C" fn get_plain(object: *mut PyObject, name: *mut c_void) -> *mut PyObject {
    PyObject_GetAttrString((*object.cast::<Decorated>()).plain, name.cast::<c_char>())
}

/// An attribute that is the plain function's.
fn of_plain(name: &'static CStr) -> PyGetSetDef {
    PyGetSetDef {
        closure: name.as_ptr().cast_mut().cast::<c_void>(),
        ..computed(name, get_plain)
    }
}

unsafe extern "C" fn repr(object: *mut PyObject) -> *mut PyObject {
    PyObject_Repr((*object.cast::<Decorated>()).plain)
}

/// Pickle by name, as functions do.
unsafe extern "C" fn reduce(object: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    get_plain(object, c"__qualname__".as_ptr().cast_mut().cast::<c_void>())
}

/// Become the static or class method that a class makes of a plain function of such a name.
unsafe extern "C" fn set_name(
    object: *mut PyObject,
    args: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    if count != 2 || PyUnicode_Check(*args.add(1)) == 0 {
        PyErr_SetString(PyExc_TypeError, c"wanted a class and a name".as_ptr());
        return NULL;
    }
    let (owner, name) = (*args, *args.add(1));
    let is = |text: &CStr| PyUnicode_CompareWithASCIIString(name, text.as_ptr()) == 0;
    let made = if is(c"__new__") {
        PyStaticMethod_New(object)
    } else if is(c"__init_subclass__") || is(c"__class_getitem__") {
        PyClassMethod_New(object)
    } else {
        return owned(Py_None());
    };
    // As `type` itself would have done: a metaclass of the user's own has no say in it.
    let set = PyType_Type.tp_setattro;
    let done = !made.is_null() && set.is_some_and(|set| set(owner, name, made) == 0);
    Py_XDECREF(made);
    if done { owned(Py_None()) } else { NULL }
}

unsafe extern "C" fn traverse(object: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    let decorated = object.cast::<Decorated>();
    visit!(
        visit,
        arg,
        Py_TYPE(object).cast(),
        (*decorated).function,
        (*decorated).binding,
        (*decorated).plan_key,
        (*decorated).resolve,
        (*decorated).plain,
        (*decorated).dict
    );
    0
}

unsafe extern "C" fn dealloc(object: *mut PyObject) {
    PyObject_GC_UnTrack(object.cast());
    if !(*object.cast::<Decorated>()).weak.is_null() {
        PyObject_ClearWeakRefs(object);
    }
    let decorated = object.cast::<Decorated>();
    // The function first: where it is decorated again and again, the last to go is the plain function's
    // closure, which can be dropped to any depth. A cycle is broken in there too: nothing else here ever changes.
    for field in [
        &raw mut (*decorated).function,
        &raw mut (*decorated).plan_key,
        &raw mut (*decorated).resolve,
        &raw mut (*decorated).binding,
        &raw mut (*decorated).last.names,
        &raw mut (*decorated).dict,
        &raw mut (*decorated).plain,
    ] {
        replace(field, NULL);
    }
    free(object);
}

fn decorated_type<'py>(py: Python<'py>, function_names: &[String]) -> PyResult<Bound<'py, PyAny>> {
    let members = Box::leak(Box::new([
        offset_member(c"__vectorcalloffset__", offset_of!(Decorated, vectorcall)),
        offset_member(c"__weaklistoffset__", offset_of!(Decorated, weak)),
        offset_member(c"__dictoffset__", offset_of!(Decorated, dict)),
        END,
    ]));
    let mut getset = vec![computed(c"__class__", get_class)];
    for name in function_names {
        getset.push(of_plain(Box::leak(
            CString::new(name.as_str())?.into_boxed_c_str(),
        )));
    }
    getset.push(LAST);
    let getset = getset.leak();
    let methods = Box::leak(Box::new([
        PyMethodDef {
            ml_name: c"__reduce__".as_ptr(),
            ml_meth: PyMethodDefPointer {
                PyCFunction: reduce,
            },
            ml_flags: METH_NOARGS,
            ml_doc: ptr::null(),
        },
        PyMethodDef {
            ml_name: c"__set_name__".as_ptr(),
            ml_meth: PyMethodDefPointer {
                PyCFunctionFast: set_name,
            },
            ml_flags: METH_FASTCALL,
            ml_doc: ptr::null(),
        },
        PyMethodDef::zeroed(),
    ]));
    let mut slots = [
        slot(Py_tp_dealloc, dealloc as *mut c_void),
        slot(Py_tp_traverse, traverse as *mut c_void),
        slot(Py_tp_call, PyVectorcall_Call as *mut c_void),
        slot(Py_tp_descr_get, descr_get as *mut c_void),
        slot(Py_tp_getattro, getattro as *mut c_void),
        slot(Py_tp_setattro, setattro as *mut c_void),
        slot(Py_tp_repr, repr as *mut c_void),
        slot(Py_tp_members, members.as_mut_ptr().cast()),
        slot(Py_tp_getset, getset.as_mut_ptr().cast()),
        slot(Py_tp_methods, methods.as_mut_ptr().cast()),
        slot(0, ptr::null_mut()),
    ];
    let flags = Py_TPFLAGS_HAVE_GC
        | Py_TPFLAGS_HAVE_VECTORCALL
        | Py_TPFLAGS_METHOD_DESCRIPTOR
        | Py_TPFLAGS_DISALLOW_INSTANTIATION;
    // SAFETY: the slots are those of decorated functions.
    let kind = unsafe {
        make_type(
            py,
            c"hyperparameter.core._native.Decorated",
            size_of::<Decorated>(),
            flags,
            &mut slots,
        )?
    };
    // What Python says of one, as where it is called wrongly, names its type.
    kind.setattr("__name__", "function")?;
    kind.setattr("__qualname__", "function")?;
    kind.setattr("__module__", "builtins")?;
    if kind.hasattr("__vectorcalloffset__")? {
        kind.delattr("__vectorcalloffset__")?; // it has been read, and no function has one
    }
    Ok(kind)
}

/// Return a function that calls `function` with what the scopes set for it.
#[pyfunction]
fn decorate<'py>(
    function: Bound<'py, PyAny>,
    binding: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = function.py();
    let plan_key = binding.getattr("plan_key")?;
    let resolve = binding.getattr("resolve")?;
    let plain = binding.call_method0("as_function")?;
    if !plain.is_instance_of::<PyFunction>() {
        return Err(PyTypeError::new_err("what stands in is a function"));
    }
    let dict = plain.getattr("__dict__")?;
    // SAFETY: the lock is held; the fields are those of a new object of the type.
    unsafe {
        let kind = state().decorated.cast::<PyTypeObject>();
        let made = Bound::from_owned_ptr_or_err(py, alloc(kind))?;
        let decorated = made.as_ptr().cast::<Decorated>();
        (*decorated).vectorcall = Some(vectorcall);
        (*decorated).function = function.into_ptr();
        (*decorated).binding = binding.into_ptr();
        (*decorated).plan_key = plan_key.into_ptr();
        (*decorated).resolve = resolve.into_ptr();
        (*decorated).plain = plain.into_ptr();
        (*decorated).dict = dict.into_ptr();
        (*decorated).last.number = 1; // no frame's
        Ok(made)
    }
}

/// Return the names of what every function has of its own: `__name__`, `__code__` and so on.
fn function_names(py: Python<'_>) -> PyResult<Vec<String>> {
    let mut names = Vec::new();
    let methods = py.get_type::<PyFunction>().getattr("__dict__")?;
    for item in methods.call_method0("items")?.try_iter()? {
        let (name, found): (String, Bound<'_, PyAny>) = item?.extract()?;
        // SAFETY: the lock is held, and it is a live object.
        if unsafe { PyDescr_IsData(found.as_ptr()) } != 0 {
            names.push(name);
        }
    }
    Ok(names)
}

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let names = function_names(module.py())?;
    let kind = decorated_type(module.py(), &names)?;
    // What no function has, though its type has it here: the plain function says so.
    let names = names.iter().map(String::as_str).chain(["__set_name__"]);
    let names = PyFrozenSet::new(module.py(), names)?;
    // SAFETY: the lock is held.
    unsafe {
        replace(&raw mut state().decorated, kind.into_ptr());
        replace(&raw mut state().function_names, names.into_ptr());
    }
    module.add_function(wrap_pyfunction!(decorate, module)?)
}
