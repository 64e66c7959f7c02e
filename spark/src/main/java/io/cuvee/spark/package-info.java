/// Files into tables by Spark.
@NullMarked
package io.cuvee.spark;

import org.jspecify.annotations.NullMarked;
