/// Deep stores in HDFS.
@NullMarked
package io.cuvee.deepstore.hdfs;

import org.jspecify.annotations.NullMarked;
