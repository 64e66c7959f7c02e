/// Logs of rows, replicated with Raft over the servers by Apache Ratis.
@NullMarked
package io.cuvee.rowlog;

import org.jspecify.annotations.NullMarked;
