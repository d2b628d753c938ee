//! Building Python types: each type of this crate is a `Layout` and a table of slots.
//!
//! ```text
//! TypeBuilder::new::<Reference>(c"hyperparameter.core._native.ReferenceBase", Py_TPFLAGS_BASETYPE)
//!     .slot(Py_tp_call, call as *mut c_void)
//!     .member(c"__key__", offset_of!(Reference, key), Py_READONLY)
//!     .build(py)
//! ```
//!
//! The layout says which fields own an object. From that follow the three functions that Python's garbage collector
//! needs: `traverse`, `clear` and `deallocate`.

use std::ffi::{CStr, c_int, c_uint, c_ulong, c_void};
use std::mem::size_of;
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::object::{NULL, replace};

/// The fields of an object that own other objects, as offsets.
///
/// # Safety
/// The type is `#[repr(C)]` and starts with a `PyObject`. Each offset is that of a `*mut PyObject`. `OWNED` lists
/// all fields that own a reference; `CLEARABLE` lists those of them that every method expects to be null at times.
pub(crate) unsafe trait Layout {
    /// The fields that `deallocate` drops, in that order.
    const OWNED: &'static [usize];
    /// The fields that the collector may drop to break a cycle.
    const CLEARABLE: &'static [usize] = &[];
    /// The field that has the list of weak references to the object.
    const WEAK_REFERENCES: Option<usize> = None;
}

/// Return the offsets of fields: `offsets!(Frame: scope, parent)`.
macro_rules! offsets {
    ($layout:ty: $($($field:ident).+),+) => {
        &[$(std::mem::offset_of!($layout, $($field).+)),+]
    };
}
pub(crate) use offsets;

#[inline(always)]
unsafe fn field_at(object: *mut PyObject, offset: usize) -> *mut *mut PyObject {
    object.byte_add(offset).cast()
}

/// `tp_traverse`: show the collector what an object owns.
unsafe extern "C" fn traverse<T: Layout>(
    object: *mut PyObject,
    visit: visitproc,
    argument: *mut c_void,
) -> c_int {
    let mut result = visit(Py_TYPE(object).cast(), argument);
    for &offset in T::OWNED {
        let field = *field_at(object, offset);
        if result == 0 && !field.is_null() {
            result = visit(field, argument);
        }
    }
    result
}

/// `tp_clear`: drop what the collector may drop.
unsafe extern "C" fn clear<T: Layout>(object: *mut PyObject) -> c_int {
    for &offset in T::CLEARABLE {
        replace(field_at(object, offset), NULL);
    }
    0
}

/// `tp_dealloc`: drop every field, then the object's memory and its reference to the type.
pub(crate) unsafe extern "C" fn deallocate<T: Layout>(object: *mut PyObject) {
    PyObject_GC_UnTrack(object.cast());
    if let Some(offset) = T::WEAK_REFERENCES
        && !(*field_at(object, offset)).is_null()
    {
        PyObject_ClearWeakRefs(object);
    }
    for &offset in T::OWNED {
        replace(field_at(object, offset), NULL);
    }
    let class = Py_TYPE(object);
    if let Some(free) = (*class).tp_free {
        free(object.cast());
    }
    Py_DECREF(class.cast());
}

/// A Python type that is being built.
pub(crate) struct TypeBuilder {
    name: &'static CStr,
    size: usize,
    flags: c_ulong,
    slots: Vec<PyType_Slot>,
    members: Vec<PyMemberDef>,
    getters: Vec<PyGetSetDef>,
    methods: Vec<PyMethodDef>,
}

impl TypeBuilder {
    /// Start a type whose objects have a layout.
    pub(crate) fn new<T: Layout>(name: &'static CStr, flags: c_ulong) -> Self {
        let mut builder = Self {
            name,
            size: size_of::<T>(),
            flags: Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | flags,
            slots: Vec::new(),
            members: Vec::new(),
            getters: Vec::new(),
            methods: Vec::new(),
        };
        if let Some(offset) = T::WEAK_REFERENCES {
            builder = builder.offset(c"__weaklistoffset__", offset);
        }
        if !T::CLEARABLE.is_empty() {
            builder = builder.slot(Py_tp_clear, clear::<T> as *mut c_void);
        }
        builder
            .slot(Py_tp_traverse, traverse::<T> as *mut c_void)
            .slot(Py_tp_dealloc, deallocate::<T> as *mut c_void)
    }

    /// Fill a slot. If a slot is filled twice, the later function is used.
    pub(crate) fn slot(mut self, slot: c_int, function: *mut c_void) -> Self {
        self.slots.retain(|filled| filled.slot != slot);
        self.slots.push(PyType_Slot {
            slot,
            pfunc: function,
        });
        self
    }

    /// Add an attribute that is a field. It reads as `None` if the field is null.
    pub(crate) fn member(mut self, name: &'static CStr, offset: usize, flags: c_int) -> Self {
        // This is `T_OBJECT` of `structmember.h`, which PyO3 does not declare.
        const T_OBJECT: c_int = 6;
        self.members.push(PyMemberDef {
            name: name.as_ptr(),
            type_code: T_OBJECT,
            offset: offset as Py_ssize_t,
            flags,
            doc: ptr::null(),
        });
        self
    }

    /// Tell the interpreter the offset of a field that it uses itself, such as `__weaklistoffset__`.
    pub(crate) fn offset(mut self, name: &'static CStr, offset: usize) -> Self {
        self.members.push(PyMemberDef {
            name: name.as_ptr(),
            type_code: Py_T_PYSSIZET,
            offset: offset as Py_ssize_t,
            flags: Py_READONLY,
            doc: ptr::null(),
        });
        self
    }

    /// Add an attribute that functions read and write. `closure` is passed to both.
    pub(crate) fn property(
        mut self,
        name: &'static CStr,
        get: getter,
        set: Option<setter>,
        closure: *mut c_void,
    ) -> Self {
        self.getters.push(PyGetSetDef {
            name: name.as_ptr(),
            get: Some(get),
            set,
            doc: ptr::null(),
            closure,
        });
        self
    }

    /// Add a method without arguments.
    pub(crate) fn method_without_arguments(self, name: &'static CStr, f: PyCFunction) -> Self {
        let function = PyMethodDefPointer { PyCFunction: f };
        self.add_method(name, function, METH_NOARGS)
    }

    /// Add a method with positional arguments.
    pub(crate) fn method(self, name: &'static CStr, f: PyCFunctionFast) -> Self {
        let function = PyMethodDefPointer { PyCFunctionFast: f };
        self.add_method(name, function, METH_FASTCALL)
    }

    /// Add a method with positional and keyword arguments.
    pub(crate) fn method_with_keywords(
        self,
        name: &'static CStr,
        f: PyCFunctionFastWithKeywords,
    ) -> Self {
        let function = PyMethodDefPointer {
            PyCFunctionFastWithKeywords: f,
        };
        self.add_method(name, function, METH_FASTCALL | METH_KEYWORDS)
    }

    fn add_method(
        mut self,
        name: &'static CStr,
        function: PyMethodDefPointer,
        flags: c_int,
    ) -> Self {
        self.methods.push(PyMethodDef {
            ml_name: name.as_ptr(),
            ml_meth: function,
            ml_flags: flags,
            ml_doc: ptr::null(),
        });
        self
    }

    /// Return the type.
    ///
    /// # Safety
    /// Each function has the signature that its slot, property or method requires, for objects of the layout.
    pub(crate) unsafe fn build(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let methods = terminated(self.methods, PyMethodDef::zeroed());
        // SAFETY: a row may be all zeros, because its pointers can be null. Such a row marks the end of a table.
        let members = terminated(self.members, unsafe { std::mem::zeroed() });
        // SAFETY: as above.
        let getters = terminated(self.getters, unsafe { std::mem::zeroed() });
        let mut slots = self.slots;
        for (slot, pfunc) in [
            (Py_tp_methods, methods),
            (Py_tp_members, members),
            (Py_tp_getset, getters),
            (0, ptr::null_mut()),
        ] {
            slots.push(PyType_Slot { slot, pfunc });
        }
        let mut spec = PyType_Spec {
            name: self.name.as_ptr(),
            basicsize: self.size as c_int,
            itemsize: 0,
            flags: self.flags as c_uint,
            slots: slots.as_mut_ptr(),
        };
        Bound::from_owned_ptr_or_err(py, PyType_FromSpec(&mut spec))
    }
}

/// Return a table that ends with the row `end`. It is never freed, because the type refers to it.
fn terminated<Row>(mut rows: Vec<Row>, end: Row) -> *mut c_void {
    rows.push(end);
    rows.leak().as_mut_ptr().cast()
}
