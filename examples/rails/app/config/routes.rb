Rails.application.routes.draw do
  root "tickets#index"
  get "up", to: "tickets#up"
  resources :tickets, only: [:create]
end
