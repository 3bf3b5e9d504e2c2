"""How compiled code is compiled, and addresses: numba has no words for a call through a pointer."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

# Helpers are called from compiled code alone: wrappers for Python would take a second more to compile.
BARE = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

# Sums may be taken in any order, so that they use vector registers; nan and inf stay what they are.
SUMS = {"reassoc", "contract", "nsz"}


@intrinsic
def address_of(_typing, array):
    """Address of an array's first number."""

    def codegen(context, builder, signature, arguments):
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.ptrtoint(data, ir.IntType(64))

    return types.int64(array), codegen


@intrinsic
def keep(_typing, array):
    """Use an array, so that it is not freed before: its views by address do not hold it."""

    def codegen(context, _builder, _signature, _arguments):
        return context.get_dummy_value()

    return types.none(array), codegen


@intrinsic
def numbers_at(_typing, address):
    """Numbers at an address."""

    def codegen(_context, builder, _signature, arguments):
        return builder.inttoptr(arguments[0], ir.DoubleType().as_pointer())

    return types.CPointer(types.float64)(address), codegen


@intrinsic
def integers_at(_typing, address):
    """Whole numbers at an address."""

    def codegen(_context, builder, _signature, arguments):
        return builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())

    return types.CPointer(types.int64)(address), codegen


@intrinsic
def part(_typing, pointer, _start):
    """Numbers from one of them on; unlike a slice of an array, it has no length that is checked or counted."""

    def codegen(_context, builder, _signature, arguments):
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, types.int64), codegen


@intrinsic
def call(_typing, _function, _n, pointer):
    """Call a distribution's or a link's kernel: address of it, number of rows, its block or slot."""

    def codegen(context, builder, _signature, arguments):
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64), arguments[2].type])
        callee = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.call(callee, [arguments[1], arguments[2]])
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, pointer), codegen
