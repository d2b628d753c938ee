"""Models of pydantic take arguments from the scopes, however pydantic makes the object."""

import pydantic
import pytest

import hyperparameter as hp


@hp.param("ns")
class Model(pydantic.BaseModel):
    dim: int = 1
    name: str = "none"
    rate: float = pydantic.Field(default=0.5, alias="learning-rate")


class Child(Model):
    depth: int = 2


class Outer(pydantic.BaseModel):
    model: Model
    more: list[Model] = []


@hp.param("ns")
@pydantic.dataclasses.dataclass
class Data:
    dim: int = 1


class Holder(pydantic.BaseModel):
    data: Data


WAYS = {
    "call": lambda **data: Model(**data),
    "model_validate": lambda **data: Model.model_validate(data),
    "model_validate_json": lambda **data: Model.model_validate_json(str(data).replace("'", '"')),
    "TypeAdapter": lambda **data: pydantic.TypeAdapter(Model).validate_python(data),
    "a field": lambda **data: Outer(model=data).model,
    "an item": lambda **data: Outer(model={}, more=[data]).more[0],
    "a subclass": lambda **data: Child.model_validate(data),
    "a dataclass in a field": lambda **data: Holder.model_validate({"data": data}).data,
}


@pytest.mark.parametrize("way", WAYS)
def test_scopes_set_what_the_data_does_not_have(way):
    make = WAYS[way]
    assert make().dim == 1
    with hp.scope("ns.dim=5"):
        assert (make().dim, make(dim=7).dim) == (5, 7)
    assert make().dim == 1
    with hp.scope("ns.dim=many"), pytest.raises(ValueError, match="'ns.dim' = 'many' is not a valid int"):
        make()


def test_the_other_rules_of_the_model_stay():
    class Checked(pydantic.BaseModel):
        dim: int = 1

        @pydantic.model_validator(mode="before")
        @classmethod
        def before(cls, data, info):
            assert info.context == "context"
            return data

    decorated = hp.param("ns")(Checked)
    assert decorated is Checked
    with hp.scope("ns.dim=5"):
        assert decorated.model_validate({}, context="context").dim == 5
        with pytest.raises(pydantic.ValidationError, match="valid integer"):
            decorated.model_validate({"dim": "3"}, context="context", strict=True)
        model = Model(dim=2)
        assert Outer(model=model).model is model
        assert Model.model_construct().dim == 1
        assert Model.model_validate({"learning-rate": 3}).rate == 3
    assert list(Model.model_json_schema()["properties"]) == ["dim", "name", "learning-rate"]


def test_the_fields_of_a_model_of_another_model_keep_their_own_namespace():
    @hp.param("outer")
    class Both(pydantic.BaseModel):
        dim: int = 1
        model: Model = pydantic.Field(default_factory=Model)

    with hp.scope(**{"outer.dim": 3, "ns.dim": 5}):
        assert (Both.model_validate({}).dim, Both().model.dim, Both(model={}).model.dim) == (3, 5, 5)
