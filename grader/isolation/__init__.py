"""Where students' code runs: forked workers, bubblewrap, containers."""
