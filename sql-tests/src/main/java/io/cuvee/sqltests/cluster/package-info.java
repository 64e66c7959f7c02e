/// The cluster that the tests of one JVM share, and the tables in it.
@NullMarked
package io.cuvee.sqltests.cluster;

import org.jspecify.annotations.NullMarked;
