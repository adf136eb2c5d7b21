"""How long processes have run on processors."""

import ctypes
import os
import time

LIBC = ctypes.CDLL(None, use_errno=True)


def seconds_of(process):
    """What the process of this id has used, on all its threads.

    The kernel counts it by nanoseconds. The figures of /proc/PID/stat are samples, taken at ticks, which beat with
    what happens at a steady pace.
    """
    clock = ctypes.c_int()
    error = LIBC.clock_getcpuclockid(process, ctypes.byref(clock))
    if error:
        raise OSError(error, os.strerror(error))
    return time.clock_gettime(clock.value)
