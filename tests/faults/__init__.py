"""What happens when processes die and disks fill up."""
