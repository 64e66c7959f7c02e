/// Deep stores in S3 and what speaks its protocol.
@NullMarked
package io.cuvee.deepstore.s3;

import org.jspecify.annotations.NullMarked;
