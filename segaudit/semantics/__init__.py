"""What one device does with packets: as exact sets, and (in `trace`) packet by packet, each independent of the other."""
