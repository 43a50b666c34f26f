"""How much a worker may take, whatever shuts it in."""

from __future__ import annotations

import struct

NOBODY = 65534
SCRATCH = "/scratch"  # where a worker may write; not /tmp, which the course itself may live in
MEMORY_MB = 4000
CPU_S = 900
TEMPORARY_MB = 256
SHARED_MB = 512  # DataLoader workers hand batches over through /dev/shm
MAX_FILES = 512
MAX_FILE_MB = 256
MAX_TASKS = 512  # processes and threads
LIMIT = struct.Struct(">I")  # a new limit on memory in MB, as the coordinator tells the keeper
