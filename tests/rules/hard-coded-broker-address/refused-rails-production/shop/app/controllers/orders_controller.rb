class OrdersController < ApplicationController
  def create
    DeliveryBoy.deliver(params[:order].to_json, topic: "orders")
  end
end
