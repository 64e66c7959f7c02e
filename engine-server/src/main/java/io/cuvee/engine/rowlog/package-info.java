/// The server's part in logs of rows: it holds replicas as the metadata says, and reads from its
/// own or from another server's.
@NullMarked
package io.cuvee.engine.rowlog;

import org.jspecify.annotations.NullMarked;
