"""The `course` command: JupyterLab, the doctor, the working folder, the start page."""
