"""A kernel of this very Python that nobody else on the machine reads along with, or takes a port from."""

from __future__ import annotations

import os
import site
import sys
import uuid
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from traitlets import default

import model
from model.export.warm import PROVISIONER

# Once connected, the file with the key has served; a parent that is killed cannot remove it.
UNLINK = '__import__("os").unlink(get_ipython().kernel.parent.abs_connection_file)'


class OwnKernel(KernelManager):
    """Whatever kernels are installed, under whatever name: this Python, over encrypted sockets of its own."""

    transport_encryption = "auto"
    environment: ClassVar[dict[str, str]] = {}
    forked = True

    @default("transport")
    def _transport(self) -> str:
        # A port that is free when it is chosen can be another program's when the kernel begins.
        return "ipc" if sys.platform == "linux" else "tcp"

    def _ip_default(self) -> str:
        # Linux: a name that is in no folder, and gone with the kernel however that ends.
        return f"@{uuid.uuid4().hex}" if self.transport == "ipc" else super()._ip_default()

    @property
    def first(self) -> str:
        """What it does before any cell."""
        return UNLINK

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
                f"--IPKernelApp.exec_lines={self.first}",
            ],
            display_name="Python 3 (ipykernel)",
            language="python",
            metadata={"supported_encryption": ["curve"], **(_warm() if self.forked else {})},
            env={**self.environment, **_path()},
        )


def _warm() -> dict[str, Any]:
    """Fork it, where the package is installed, so that Jupyter finds what does so by name."""
    here = entry_points(group=KernelProvisionerFactory.GROUP_NAME, name=PROVISIONER)
    return {"kernel_provisioner": {"provisioner_name": PROVISIONER}} if here else {}


def _path() -> dict[str, str]:
    """Let the kernel import the same `model`, where it is not installed."""
    parent = str(Path(model.__file__).resolve().parent.parent)
    if parent in site.getsitepackages():
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, [parent, os.environ.get("PYTHONPATH")]))}
