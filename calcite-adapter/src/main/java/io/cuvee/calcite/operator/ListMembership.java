package io.cuvee.calcite.operator;

import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/// `x IN (…)` whose values were taken out of the text as one array parameter. Only for pairs of
/// types that compare without converting `x`; other statements are planned with their literals.
public final class ListMembership extends OwnOperator {
  public static final ListMembership IN = new ListMembership();

  private ListMembership() {
    super("$IN", ReturnTypes.BOOLEAN_NULLABLE, null, new Checker());
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return SqlOperandCountRanges.of(2);
  }

  private static final class Checker implements SqlOperandTypeChecker {
    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      RelDataType left = binding.getOperandType(0);
      if (left.getSqlTypeName() == SqlTypeName.ARRAY) {
        left = Objects.requireNonNull(left.getComponentType());
      }
      RelDataType element = Objects.requireNonNull(binding.getOperandType(1).getComponentType());
      boolean fits =
          switch (left.getSqlTypeName()) {
            case INTEGER -> element.getSqlTypeName() == SqlTypeName.INTEGER;
            case BIGINT -> SqlTypeUtil.isIntType(element);
            case DOUBLE -> SqlTypeUtil.isNumeric(element);
            case DECIMAL -> SqlTypeUtil.isExactNumeric(element);
            case CHAR, VARCHAR -> SqlTypeUtil.inCharFamily(element);
            case DATE -> element.getSqlTypeName() == SqlTypeName.DATE;
            case TIMESTAMP -> element.getSqlTypeName() == SqlTypeName.TIMESTAMP;
            default -> false;
          };
      if (!fits && throwOnFailure) {
        throw binding.newValidationSignatureError();
      }
      return fits;
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
      return SqlOperandCountRanges.of(2);
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
      return "value IN (values)";
    }
  }
}
